"""The match ladder: which part a line is, by which method, how sure."""

from typing import Any

import psycopg
import pytest

Connection = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def catalogue(app_db: Connection) -> Connection:
    """Two makers with an alias, parts with a twin and without a maker, and a supplier number."""
    app_db.execute(
        """
        insert into public.manufacturers (id, name) values
        ('00000000-0000-4000-8000-000000000001', 'Testmaker One'),
        ('00000000-0000-4000-8000-000000000002', 'Testmaker Two');
        insert into public.manufacturer_aliases (alias, manufacturer_id)
        values ('TM-1 Inc.', '00000000-0000-4000-8000-000000000001');
        insert into public.catalogue_parts (id, mpn, manufacturer_id, lifecycle, source) values
        ('00000000-0000-4000-8000-00000000000a', 'ZQX-1000/A',
            '00000000-0000-4000-8000-000000000001', 'active', 'test'),
        ('00000000-0000-4000-8000-00000000000b', 'ZQXTWIN', '00000000-0000-4000-8000-000000000001', 'obsolete', 'test'),
        ('00000000-0000-4000-8000-00000000000c', 'ZQXTWIN', '00000000-0000-4000-8000-000000000002', 'active', 'test'),
        ('00000000-0000-4000-8000-00000000000d', 'ZQXNOBODY', null, 'unknown', 'test'),
        ('00000000-0000-4000-8000-00000000000e', 'ZQXBJ6.0CA',
            '00000000-0000-4000-8000-000000000001', 'active', 'test');
        insert into public.vendors (id, name, aliases)
        values ('00000000-0000-4000-8000-0000000000f1', 'Test Shop', array['ts']);
        insert into public.vendor_parts (vendor_id, sku, catalogue_part_id, source)
        values ('00000000-0000-4000-8000-0000000000f1', 'TS-77-ND', '00000000-0000-4000-8000-00000000000a', 'test');
        """
    )
    return app_db


def match(
    connection: Connection,
    mpn: str | None = None,
    maker: str | None = None,
    supplier: str | None = None,
    sku: str | None = None,
) -> tuple[str, str, float] | None:
    """(last digit of the part, method, confidence) of one part as written."""
    row = connection.execute(
        "select right(catalogue_part_id::text, 1) as part, method, confidence"
        " from private.match_parts(array[private.normalize_mpn(%s)], %s, %s, %s)",
        (mpn, [maker], [supplier], [sku]),
    ).fetchone()
    return (row["part"], row["method"], float(row["confidence"])) if row else None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"mpn": "zqx1000a", "maker": "Testmaker One"}, ("a", "mpn_manufacturer", 1.0)),
        ({"mpn": "ZQX 1000-A", "maker": "tm1 inc"}, ("a", "mpn_manufacturer", 1.0)),
        ({"mpn": "ZQX-1000/A"}, ("a", "mpn", 0.9)),
        ({"mpn": "ZQX-1000/A", "maker": "Somebody unheard of"}, ("a", "mpn", 0.8)),
        ({"mpn": "ZQX-1000/A", "maker": "Testmaker Two"}, ("a", "mpn", 0.5)),
        ({"mpn": "ZQXTWIN", "maker": "Testmaker One"}, ("b", "mpn_manufacturer", 1.0)),
        ({"mpn": "ZQXTWIN"}, ("c", "mpn", 0.6)),
        ({"mpn": "ZQXNOBODY", "maker": "Testmaker One"}, ("d", "mpn", 0.8)),
        ({"sku": "ts 77 nd", "supplier": "TS"}, ("a", "supplier_sku", 0.95)),
        ({"sku": "TS-77-ND"}, ("a", "supplier_sku", 0.75)),
        ({"mpn": "ZQXTWIN", "sku": "TS-77-ND", "supplier": "Test Shop"}, ("a", "supplier_sku", 0.95)),
        ({"mpn": "ZQXBJ60CA", "maker": "Testmaker One"}, None),
        ({"mpn": "ZQXBJ6.0CA", "maker": "Testmaker One"}, ("e", "mpn_manufacturer", 1.0)),
        ({"mpn": "no such part"}, None),
        ({"mpn": "-/-"}, None),
        ({}, None),
    ],
)
def test_ladder(catalogue: Connection, written: dict[str, str], expected: tuple[str, str, float] | None) -> None:
    assert match(catalogue, **written) == expected


def test_short_number_is_only_a_suggestion(catalogue: Connection) -> None:
    catalogue.execute("insert into public.catalogue_parts (mpn, source) values ('ZQ7', 'test')")
    found = match(catalogue, "ZQ7")
    assert found is not None
    assert found[1:] == ("mpn", 0.4)


@pytest.mark.parametrize(
    ("mpn", "normalized"),
    [
        ("lm358-n/nopb", "LM358NNOPB"),
        ("SMBJ6.0CA", "SMBJ6.0CA"),
        (".5A.", "5A"),
        ("...", None),
        ("\uff4c\uff4d", None),
        (None, None),
    ],
)
def test_normal_form(app_db: Connection, mpn: str | None, normalized: str | None) -> None:
    row = app_db.execute("select private.normalize_mpn(%s) as normalized", (mpn,)).fetchone()
    assert row == {"normalized": normalized}

"""What clients write has a length: a tenant of no plan stores megabytes where nothing counts them."""

import pytest

from tests.support.acting import Db, Organization
from tests.support.imports import Imports

LONGEST = {
    "update public.organizations set name = {}": 200,
    "insert into public.projects (name) values ({})": 200,
    "insert into public.projects (name, description) values ('P', {})": 4000,
    "insert into public.components (mpn) values ({})": 200,
    "insert into public.components (mpn, manufacturer) values ('X1', {})": 200,
    "insert into public.components (mpn, description) values ('X1', {})": 4000,
    "insert into public.components (mpn, package) values ('X1', {})": 200,
    "insert into public.components (mpn, internal_number) values ('X1', {})": 200,
    "insert into public.users (email, role, first_name) values ('x@x.example', 'viewer', {})": 100,
    "insert into public.users (email, role, last_name) values ('x@x.example', 'viewer', {})": 100,
}
OF_LINES = {
    **dict.fromkeys(("unit", "mpn", "manufacturer", "supplier", "supplier_sku", "value", "package"), 200),
    "internal_number": 200,
    "description": 4000,
}


@pytest.mark.parametrize("statement", LONGEST)
def test_a_text_has_its_longest(app_db: Db, statement: str) -> None:
    owner = Organization.of(app_db)["owner"]
    text = "repeat('x', {})"
    assert owner.refused(statement.format(text.format(LONGEST[statement] + 1)))[0] == "23514"
    assert owner.count(statement.format(text.format(LONGEST[statement]))) == 1


def test_texts_of_a_line_have_theirs(app_db: Db) -> None:
    organization = Organization.of(app_db)
    imports = Imports.of(app_db)
    imports.made.organization_id, imports.made.owner_id = organization.id, organization["owner"].id
    imports.sign_in()
    imports.parse(imports.upload(review=True), [{"mpn": "NOVEL1"}])
    mia = organization["mia"]
    for column, longest in OF_LINES.items():
        change = f"update public.bom_line_items set {column} = repeat('x', %s)"  # noqa: S608
        assert mia.refused(change, longest + 1)[0] == "23514", column
        assert mia.count(change, longest) == 1, column
    for column in ("reference_designators", "dnp_reference_designators"):
        change = f"update public.bom_line_items set {column} = array_fill(repeat('R', 100), array[%s])"  # noqa: S608
        assert mia.refused(change, 12_000)[0] == "23514", column
        assert mia.count(change, 9_000) == 1, column


def test_an_alert_is_not_wanted_by_one_channel_a_thousand_times(app_db: Db) -> None:
    owner = Organization.of(app_db)["owner"]
    insert = (
        "insert into public.notification_preferences (user_id, alert_type, channels)"
        " values (private.current_user_id(), 'component-eol', array_fill('push'::text, array[%s]))"
    )
    assert owner.refused(insert, 1000)[0] == "23514"
    assert owner.count(insert, 4) == 1


def test_an_import_takes_lines_as_long_as_a_parser_makes_them(app_db: Db) -> None:
    """And a part of the catalogue with a longer description becomes a component all the same."""
    app_db.execute(
        "insert into public.catalogue_parts (mpn, lifecycle, source, description, package)"
        " values ('ZQX-LONG-1', 'active', 't', repeat('d', 9000), repeat('p', 900))"
    )
    imports = Imports.of(app_db)
    long = {column: "1" + "x" * (min(longest, 2000) - 1) for column, longest in OF_LINES.items()}
    bom = imports.imported([long, {"mpn": "ZQX-LONG-1"}])
    assert bom["status"] == "ready"
    assert [len(line["mpn"]) for line in imports.lines(bom)] == [200, 10]
    assert imports.count("components", "length(description) = 4000 and length(package) = 200") == 1

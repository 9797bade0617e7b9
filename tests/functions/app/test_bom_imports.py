"""An import in SQL: whole or not at all, one run at a time, reviewed, picked, revised, suggested."""

import json
from typing import Any

import psycopg
import pytest

from tests.support.imports import Imports, slug_of

Db = psycopg.Connection[dict[str, Any]]
ERROR = {"severity": "error", "code": "quantity_missing", "message": "Row 2: …", "column": "Qty", "field": "quantity"}
NOTE = {"severity": "warning", "code": "cell_too_long", "message": "Row 2: …", "column": "MPN", "field": "mpn"}


@pytest.fixture
def imports(app_db: Db) -> Imports:
    app_db.execute(
        "insert into public.manufacturers (id, name) values ('00000000-0000-4000-8000-000000000001', 'Testmaker One');"
        "insert into public.catalogue_parts (id, mpn, manufacturer_id, lifecycle, source) values"
        " ('00000000-0000-4000-8000-00000000000a', 'ZQX-100200-A',"
        " '00000000-0000-4000-8000-000000000001', 'active', 't'),"
        " ('00000000-0000-4000-8000-00000000000b', 'ZQX-100200-B',"
        " '00000000-0000-4000-8000-000000000001', 'eol', 't'),"
        " ('00000000-0000-4000-8000-00000000000c', 'ZQW-999', null, 'active', 't')"
    )
    return Imports.of(app_db)


PART_A, PART_B, PART_C = (f"00000000-0000-4000-8000-00000000000{digit}" for digit in "abc")


def refused(imports: Imports, query: str, *parameters: Any) -> str:
    with pytest.raises(psycopg.Error) as caught, imports.db.transaction():
        imports.db.execute(query.encode(), parameters)
    return slug_of(caught.value)


def test_lines_are_matched_in_chunks_and_joined_with_components(imports: Imports) -> None:
    lines = [{"mpn": f"NOVEL{n}", "manufacturer": "Foo"} for n in range(5)] + [{"mpn": "zqx100200a"}, {"mpn": "NOVEL0"}]
    bom = imports.upload()
    imports.start(bom)
    assert imports.take_in(bom, lines, chunk=2, last=6)
    half = imports.bom(bom)
    assert (half["status"], half["processed_line_count"], half["matched_line_count"]) == ("parsing", 6, 1)
    assert not imports.finish(bom), "lines are missing"
    assert imports.take_in(bom, lines, first=6)
    assert imports.finish(bom)
    assert imports.bom(bom)["status"] == "ready"
    found = imports.lines(bom)
    assert [line["match_status"] for line in found] == ["unmatched"] * 5 + ["matched", "unmatched"]
    assert [line["component"] for line in found] == [*(f"NOVEL{n}" for n in range(5)), "ZQX-100200-A", "NOVEL0"]
    assert imports.bom(bom)["matched_line_count"] == 1
    assert imports.count("components", "source_bom_id is not null") == 7 == imports.used("components")
    assert imports.count("enrichment_queue") == 6


def test_import_over_the_limit_leaves_nothing(app_db: Db) -> None:
    imports = Imports.of(app_db, max_components=4)
    kept = imports.imported([{"mpn": "SHARED1"}, {"mpn": "SHARED2"}])
    bom = imports.imported([{"mpn": f"SHARED{n}"} for n in (1, 3, 4)] + [{"mpn": "FIFTH"}])
    assert bom["status"] == "failed"
    assert bom["error"]["code"] == "quota_exceeded"
    assert bom["error"]["details"] == {
        "code": "quota_exceeded", "metric": "components", "limit": 4, "current": 2, "requested": 3,
    }  # fmt: skip
    assert imports.lines(bom) == []
    assert imports.count("components") == 2 == imports.used("components")
    assert [line["component"] for line in imports.lines(kept)] == ["SHARED1", "SHARED2"]


def test_refusal_in_a_later_chunk_takes_the_earlier_ones_back(app_db: Db) -> None:
    imports = Imports.of(app_db, max_components=4)
    bom = imports.upload()
    assert not imports.parse(bom, [{"mpn": f"PART{n}"} for n in range(6)], chunk=2)
    assert imports.bom(bom)["status"] == "failed"
    assert imports.count("components") == 0 == imports.used("components")


def test_component_that_another_bom_uses_survives_the_refusal(app_db: Db) -> None:
    imports = Imports.of(app_db, max_components=3)
    late = imports.upload()
    lines = [{"mpn": "COMMON1"}, {"mpn": "COMMON2"}, {"mpn": "X1"}, {"mpn": "X2"}]
    imports.start(late)
    assert imports.take_in(late, lines, last=2)
    other = imports.imported([{"mpn": "COMMON1"}])
    assert not imports.take_in(late, lines, first=2)
    assert imports.bom(late)["status"] == "failed"
    assert imports.lines(other)[0]["component"] == "COMMON1"
    assert imports.count("components") == 1 == imports.used("components")


def test_mapping_in_the_middle_of_a_run_supersedes_it(imports: Imports) -> None:
    bom = imports.upload()
    imports.start(bom)
    mapped = imports.one("select * from private.map_bom(%s, '{\"header_row\": 3}')", (bom["id"],))
    assert (mapped["import_run"], mapped["status"]) == (2, "uploaded")
    assert not imports.take_in(bom, [{"mpn": "OLD"}])
    assert not imports.finish(bom)
    assert imports.lines(bom) == []
    assert imports.parse(mapped, [{"mpn": "NEW"}])
    assert [line["mpn"] for line in imports.lines(bom)] == ["NEW"]
    assert imports.bom(bom)["status"] == "ready"


def test_lines_begun_again_replace_those_of_the_try_before(imports: Imports) -> None:
    """The worker died after some chunks; what it did not get to say of them comes again."""
    bom, lines = imports.upload(), [{"mpn": f"N{n}"} for n in range(6)]
    imports.start(bom)
    assert imports.take_in(bom, lines, chunk=2, last=4)
    assert not imports.take_in(bom, lines, chunk=2, first=2), "these are in already"
    assert not imports.take_in(bom, lines, chunk=1, first=5), "others come before these"
    imports.start(bom)
    assert not imports.take_in(bom, lines, chunk=2, first=4), "one that was late"
    assert imports.parse(bom, lines, chunk=3)
    assert [line["mpn"] for line in imports.lines(bom)] == [f"N{n}" for n in range(6)]
    assert imports.count("components") == 6 == imports.used("components")
    assert imports.bom(bom)["matched_line_count"] == 0


def test_lines_of_the_run_before_stay_until_new_ones_come(imports: Imports) -> None:
    bom = imports.imported([{"mpn": "OLD"}])
    mapped = imports.one("select * from private.map_bom(%s, '{}')", (bom["id"],))
    imports.start(mapped)
    assert [line["mpn"] for line in imports.lines(bom)] == ["OLD"]
    assert imports.take_in(mapped, [{"mpn": "NEW"}])
    assert [line["mpn"] for line in imports.lines(bom)] == ["NEW"]


def test_lines_bring_what_a_file_says_and_no_more(imports: Imports) -> None:
    """The process that reads a file may be in a stranger's hand."""
    other = Imports.of(imports.db)
    imports.sign_in()
    forged = {
        "id": "00000000-0000-4000-8000-0000000000ff", "organization_id": str(other.made.organization_id),
        "bom_id": "00000000-0000-4000-8000-0000000000ff", "mpn": "MINE", "normalized_mpn": "THEIRS",
        "catalogue_part_id": PART_A, "match_status": "matched", "match_method": "pick", "match_confidence": "1",
        "component_id": PART_A, "created_at": "1999-01-01",
    }  # fmt: skip
    for is_reviewed in (True, False):
        bom = imports.upload(review=is_reviewed)
        assert imports.parse(bom, [forged])
        (line,) = imports.lines(bom)
        assert (line["organization_id"], line["normalized_mpn"], line["part"]) == (bom["organization_id"], "MINE", None)
        assert line["match_status"] == ("pending" if is_reviewed else "unmatched")
        assert line["created_at"].year > 2000
        assert str(line["id"]) != forged["id"]
    assert other.count("bom_line_items") == 0


@pytest.mark.parametrize("positions", [[2], [1, 3], [1, 1], [None], [0], [2, 1]])
def test_lines_out_of_order_are_a_fault(imports: Imports, positions: list[int | None]) -> None:
    bom = imports.upload()
    imports.start(bom)
    lines = json.dumps([{"position": position, "row_number": 2, "raw": {}} for position in positions])
    query = "select private.take_bom_lines(%s, %s, 2, 1, %s)"
    assert refused(imports, query, bom["id"], bom["import_run"], lines) == "lines_invalid"
    assert imports.lines(bom) == []


def test_mapping_anew_drops_components_only_the_old_reading_brought(imports: Imports) -> None:
    bom = imports.imported([{"mpn": "WRONGCOLUMN"}, {"mpn": "RIGHT"}])
    mapped = imports.one("select * from private.map_bom(%s, '{}')", (bom["id"],))
    imports.parse(mapped, [{"mpn": "RIGHT"}])
    components = imports.all("select mpn from public.components where source_bom_id = %s", (bom["id"],))
    assert [row["mpn"] for row in components] == ["RIGHT"]
    assert imports.used("components") == 1


def test_mapping_is_remembered_by_header_shape(imports: Imports) -> None:
    shape, columns = "ab" * 32, {"mpn": ["Part", 3]}
    bom = imports.imported([{"mpn": "X1"}])
    known = '{"columns": [{"number": 1, "name": "Part"}, {"number": 3, "name": "Alt"}]}'
    imports.db.execute("update public.boms set parse_result = %s where id = %s", (known, bom["id"]))
    mapping = '{"columns": {"mpn": ["Part", 3]}}'
    mapped = imports.one("select * from private.map_bom(%s, %s)", (bom["id"], mapping))
    imports.parse(mapped, [{"mpn": "X1"}], mapping_source="given", header_shape=shape)
    again = imports.start(imports.upload())
    assert again is not None
    assert again["remembered"] == {shape: columns}
    other = Imports.of(imports.db)
    foreign = other.start(other.upload())
    assert foreign is not None
    assert foreign["remembered"] == {}


@pytest.mark.parametrize(
    "mapping",
    [
        "[]", "null", '{"colums": {}}', '{"sheet": 1}', '{"header_row": -1}', '{"header_row": 1.5}',
        '{"header_row": "1"}',
        '{"columns": []}', '{"columns": {"mpn": "Part"}}', '{"columns": {"mpn": []}}', '{"columns": {"mpn": [0]}}',
        '{"columns": {"mpn": [null]}}', '{"columns": {"price": ["Part"]}}', '{"columns": {"mpn": ["No such"]}}',
        '{"remember": "yes"}',
    ],
)  # fmt: skip
def test_wrong_mapping_is_refused(imports: Imports, mapping: str) -> None:
    bom = imports.imported([{"mpn": "X1"}])
    known = '{"sheet": null, "header_row": 1, "columns": [{"number": 1, "name": "Part"}]}'
    imports.db.execute("update public.boms set parse_result = %s where id = %s", (known, bom["id"]))
    assert refused(imports, "select private.map_bom(%s, %s)", bom["id"], mapping) == "mapping_invalid"
    assert imports.bom(bom)["status"] == "ready"


def review(imports: Imports) -> dict[str, Any]:
    bom = imports.upload(review=True)
    imports.parse(
        bom,
        [
            {"mpn": "ASSEMBLY", "quantity": "2", "total_quantity": "2", "is_assembly": True},
            {"mpn": "BAD", "quantity": None, "parent_position": 1, "level": 1, "warnings": [ERROR, NOTE]},
            {"mpn": "DOOMED"},
            {"mpn": "LAST", "quantity": "3", "total_quantity": "6", "parent_position": 1, "level": 1},
        ],
    )
    return bom


def test_reviewed_lines_wait_and_are_committed_as_they_are_then(imports: Imports) -> None:
    bom = review(imports)
    waiting = imports.bom(bom)
    assert (waiting["status"], waiting["warning_count"], waiting["error_count"]) == ("in_review", 2, 1)
    assert [m["type"] for m in imports.messages("bom_imports", bom)] == ["bom.uploaded"]
    assert refused(imports, "select public.commit_bom(%s)", bom["id"]) == "bom_has_errors"
    imports.edit("update public.bom_line_items set quantity = 5 where bom_id = %s and mpn = 'BAD'", bom)
    imports.edit("delete from public.bom_line_items where bom_id = %s and mpn = 'DOOMED'", bom)
    counted = imports.bom(bom)
    assert (counted["line_count"], counted["warning_count"], counted["error_count"]) == (3, 1, 0)
    assert imports.lines(bom)[1]["warnings"] == [NOTE]
    imports.one("select public.commit_bom(%s)", (bom["id"],))
    assert imports.match(bom)["status"] == "ready"
    assert [(x["position"], x["parent_position"], x["total_quantity"]) for x in imports.lines(bom)] == [
        (1, None, 2), (2, 1, 10), (3, 1, 6),
    ]  # fmt: skip


def test_commit_with_errors_is_possible_when_said(imports: Imports) -> None:
    bom = review(imports)
    assert imports.one("select * from public.commit_bom(%s, true)", (bom["id"],))["status"] == "parsed"
    assert imports.one("select * from public.commit_bom(%s)", (bom["id"],))["status"] == "parsed", "once is enough"
    assert len([m for m in imports.messages("bom_imports", bom) if m["type"] == "bom.parsed"]) == 1


def test_lines_change_during_a_review_only(imports: Imports) -> None:
    bom = imports.imported([{"mpn": "X1"}])
    for change in ("update public.bom_line_items set quantity = 1", "delete from public.bom_line_items"):
        with pytest.raises(psycopg.Error, match="bom_not_in_review"), imports.db.transaction():
            imports.edit(f"{change} where bom_id = %s", bom)
    imports.edit("delete from public.boms where id = %s", bom)
    assert imports.count("bom_line_items") == 0


def test_pick_holds_for_like_lines_now_and_in_later_imports(imports: Imports) -> None:
    lines = [{"mpn": "ZQX-100200", "value": "a"}, {"mpn": "zqx100200", "value": "b"}, {"mpn": "OTHER1"}]
    bom = imports.imported(lines)
    line = imports.lines(bom)[0]
    rows = imports.all("select * from public.pick_part(%s, %s)", (line["id"], PART_A))
    assert [row["position"] for row in rows] == [1, 2]
    assert [(x["part"], x["match_method"], x["component"]) for x in imports.lines(bom)] == [
        ("ZQX-100200-A", "pick", "ZQX-100200-A"), ("ZQX-100200-A", "pick", "ZQX-100200-A"), (None, None, "OTHER1"),
    ]  # fmt: skip
    assert imports.bom(bom)["matched_line_count"] == 2
    assert imports.count("components") == 2 == imports.used("components"), "what only the old reading needed is gone"
    again = imports.imported(lines)
    assert [x["match_method"] for x in imports.lines(again)] == ["pick", "pick", None]
    other = Imports.of(imports.db)
    assert [x["match_method"] for x in other.lines(other.imported(lines))] == [None] * 3


def test_pick_of_none_is_remembered_too(imports: Imports) -> None:
    bom = imports.imported([{"mpn": "ZQW999"}])
    line = imports.lines(bom)[0]
    assert line["match_status"] == "matched"
    imports.all("select * from public.pick_part(%s, null)", (line["id"],))
    assert [(x["match_status"], x["match_method"], x["catalogue_part_id"]) for x in imports.lines(bom)] == [
        ("unmatched", "pick", None)
    ]
    again = imports.imported([{"mpn": "ZQW999"}])
    assert imports.lines(again)[0]["match_status"] == "unmatched"
    imports.db.execute("delete from public.part_picks")
    assert imports.lines(imports.imported([{"mpn": "ZQW999"}]))[0]["match_status"] == "matched"


def test_pick_of_nothing_that_exists_is_refused(imports: Imports) -> None:
    line = imports.lines(imports.imported([{"mpn": "X1"}]))[0]
    nothing = "00000000-0000-4000-8000-0000000000ff"
    assert refused(imports, "select * from public.pick_part(%s, %s)", line["id"], nothing) == "part_not_found"
    assert refused(imports, "select * from public.pick_part(%s, %s)", nothing, PART_A) == "bom_not_found"
    Imports.of(imports.db)  # its owner asks now
    assert refused(imports, "select * from public.pick_part(%s, %s)", line["id"], PART_A) == "bom_not_found"


def test_line_without_numbers_is_picked_by_its_text(imports: Imports) -> None:
    said = {"value": "100nF", "package": "0402", "description": "Cap  X7R"}
    bom = imports.imported([said])
    imports.all("select * from public.pick_part(%s, %s)", (imports.lines(bom)[0]["id"], PART_C))
    again = imports.imported([said | {"description": "cap X7R"}, said | {"value": "10nF"}])
    assert [x["part"] for x in imports.lines(again)] == ["ZQW-999", None]


def test_suggestions_follow_a_completed_import(imports: Imports) -> None:
    bom = imports.imported([{"mpn": "ZQX-100200-C"}, {"mpn": "ZQX-100200-A"}, {"value": "ZQX100200"}, {"value": "10k"}])
    (message,) = imports.messages("bom_suggestions", bom)
    key = (bom["id"], message["run"])
    query = "select private.suggest_bom_chunk(%s, %s, %s, 2) as n"
    assert imports.one(query, (*key, 0))["n"] == 3
    assert imports.one(query, (*key, 0))["n"] == 3, "a repeated chunk changes nothing"
    assert imports.one(query, (*key, 3))["n"] == 4
    assert imports.one(query, (*key, 4))["n"] is None
    assert imports.bom(bom)["suggested_at"] is not None
    found = imports.all(
        "select l.position, p.mpn, s.rank from public.bom_line_suggestions as s"
        " join public.bom_line_items as l on l.id = s.bom_line_item_id"
        " join public.catalogue_parts as p on p.id = s.catalogue_part_id where l.bom_id = %s order by 1, 3",
        (bom["id"],),
    )
    assert {row["position"] for row in found} == {1, 3}
    assert {row["mpn"] for row in found if row["position"] == 1} >= {"ZQX-100200-A", "ZQX-100200-B"}
    assert [row["rank"] for row in found if row["position"] == 1] == sorted(
        row["rank"] for row in found if row["position"] == 1
    )


def test_alternates_are_rows_and_are_matched(imports: Imports) -> None:
    alternates = [
        {"row_number": 3, "mpn": "ZQX100200B", "manufacturer": "Testmaker One", "supplier": None, "supplier_sku": None},
        {"row_number": 4, "mpn": "NOBODY", "manufacturer": None, "supplier": None, "supplier_sku": None},
    ]
    bom = imports.imported([{"mpn": "ZQX100200A", "alternates": alternates}])
    rows = imports.all(
        "select a.rank, a.mpn, a.match_method, p.mpn as part from public.bom_line_alternates as a"
        " left join public.catalogue_parts as p on p.id = a.catalogue_part_id"
        " join public.bom_line_items as l on l.id = a.bom_line_item_id where l.bom_id = %s order by 1",
        (bom["id"],),
    )
    assert [(r["rank"], r["mpn"], r["match_method"], r["part"]) for r in rows] == [
        (1, "ZQX100200B", "mpn_manufacturer", "ZQX-100200-B"), (2, "NOBODY", None, None),
    ]  # fmt: skip


def test_alternates_of_reviewed_lines_are_matched_once_it_is_over(imports: Imports) -> None:
    bom = imports.upload(review=True)
    imports.parse(bom, [{"mpn": "ZQX100200A", "alternates": [{"row_number": 3, "mpn": "ZQX100200B"}]}])
    query = (
        "select a.match_method from public.bom_line_alternates as a"
        " join public.bom_line_items as l on l.id = a.bom_line_item_id where l.bom_id = %s"
    )
    assert imports.all(query, (bom["id"],)) == [{"match_method": None}]
    imports.one("select public.commit_bom(%s)", (bom["id"],))
    imports.match(bom)
    assert imports.all(query, (bom["id"],)) == [{"match_method": "mpn"}]


def test_changed_file_is_a_new_revision_and_keeps_picks(imports: Imports) -> None:
    first = imports.imported([{"mpn": "ZQX-100200"}], content="v1", name="Board")
    imports.all("select * from public.pick_part(%s, %s)", (imports.lines(first)[0]["id"], PART_A))
    same = imports.upload(content="v1", revises=first["id"])
    assert same["id"] == first["id"], "an unchanged file is the revision it is"
    second = imports.imported([{"mpn": "ZQX-100200"}, {"mpn": "N1"}], content="v2", revises=first["id"])
    assert (second["series_id"], second["revision"], second["name"]) == (first["series_id"], 2, "Board")
    assert imports.lines(second)[0]["match_method"] == "pick"
    third = imports.upload(content="v3", revises=first["id"])
    assert third["revision"] == 3, "it follows the latest, whichever was named"
    assert imports.bom(first)["status"] == "ready"
    Imports.of(imports.db)
    with pytest.raises(psycopg.Error, match="bom_not_found"), imports.db.transaction():
        imports.upload(content="v4", revises=first["id"])

"""Files of BOMs over HTTP: counted and kept once, gone with their last BOM, back as they came, out as CSV."""

import hashlib
import json
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ananta.settings import Plane
from edge_api.boms import EXPORT_COLUMNS
from tests.support.companies import Company, eventually
from tests.support.spreadsheets import PAYLOADS, SPLITTING, formulas, table
from tests.support.world import World, connect

SAMPLE = b"Reference,Quantity,Manufacturer,MPN\nR1,1,Taiyo Yuden,LMK107BJ475KA-T\n"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def boms(company: Company) -> int:
    return int(company.query("select count(*) from boms where organization_id = %s", (company.id,))[0]["count"])


def test_over_the_limit_neither_row_nor_file_is_kept(world: World) -> None:
    company = Company(world, max_storage_gb=0)
    refused = company.upload(SAMPLE)
    body = refused.json()
    assert (refused.status_code, body["message"], body["code"]) == (402, "quota_exceeded", "PT402")
    assert json.loads(body["details"]) == {
        "code": "quota_exceeded",
        "metric": "storage_bytes",
        "limit": 0,
        "current": 0,
        "requested": len(SAMPLE),
    }
    assert (company.files(), boms(company), company.stored_bytes()) == ([], 0, 0)


def test_what_is_held_already_needs_no_room(world: World) -> None:
    company = Company(world)
    first = company.upload(SAMPLE, key="k").json()
    company.limit(0)
    assert company.upload(SAMPLE, key="k").json()["id"] == first["id"]
    assert company.upload(SAMPLE, revises=first["id"]).json()["id"] == first["id"]
    assert company.upload(SAMPLE).status_code == 202
    assert company.upload(SAMPLE + b"R2,1,,X\n").status_code == 402
    assert (company.files(), company.stored_bytes()) == ([sha(SAMPLE)], len(SAMPLE))


REFUSALS = {
    "project_not_found": (404, {"project_id": str(uuid.uuid4())}),
    "bom_not_found": (404, {"revises": str(uuid.uuid4())}),
    "idempotency_key_reused": (422, {"key": "k"}),
    "invalid_request": (422, {"project_id": "x"}),
    "idempotency_key_invalid": (400, {"key": ""}),
}


@pytest.mark.parametrize("slug", REFUSALS)
def test_what_is_refused_leaves_no_file(world: World, slug: str) -> None:
    company = Company(world)
    assert company.upload(SAMPLE, key="k").status_code == 202
    status, form = REFUSALS[slug]
    refused = company.upload(b"another content", **form)
    assert (refused.status_code, refused.json()["message"]) == (status, slug)
    assert (company.files(), company.stored_bytes()) == ([sha(SAMPLE)], len(SAMPLE))


def test_the_same_file_is_kept_once_a_tenant_until_its_last_bom_goes(world: World) -> None:
    one, two = Company(world), Company(world)
    first, second = one.upload(SAMPLE).json(), one.upload(SAMPLE, "other name.csv").json()
    other = two.upload(SAMPLE).json()
    assert first["id"] != second["id"]
    assert one.files() == two.files() == [sha(SAMPLE)]
    assert one.stored_bytes() == two.stored_bytes() == len(SAMPLE)
    for bom in (first, second):
        assert one.files() == [sha(SAMPLE)]
        assert one.call("DELETE", f"rest/v1/boms?id=eq.{bom['id']}").status_code == 204
    assert one.stored_bytes() == 0
    assert eventually(lambda: one.files() == []), "the worker removes the file"
    assert two.call("GET", f"boms/{other['id']}/file").content == SAMPLE


def test_uploads_of_one_content_and_deletions_at_once_stay_exact(world: World) -> None:
    company = Company(world)
    contents = [SAMPLE, SAMPLE + b"R2,1,,A\n", SAMPLE + b"R3,1,,B\n"]

    def work(number: int) -> list[int]:
        statuses = []
        for turn in range(4):
            uploaded = company.upload(contents[(number + turn) % 3])
            path = f"rest/v1/boms?id=eq.{uploaded.json()['id']}"
            statuses += [uploaded.status_code, company.call("DELETE", path).status_code if turn % 2 else 204]
        return statuses

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(status for found in pool.map(work, range(8)) for status in found)
    assert statuses == {202: 32, 204: 32}
    held = company.query("select distinct file_sha256 as sha from boms where organization_id = %s", (company.id,))
    wanted = sorted(row["sha"] for row in held)
    sizes = {sha(content): len(content) for content in contents}
    assert eventually(lambda: company.files() == wanted), (company.files(), wanted)
    assert company.stored_bytes() == sum(sizes[name] for name in wanted)


def test_start_page_shows_storage_beside_its_limit(world: World) -> None:
    company = Company(world, max_storage_gb=2)
    before = company.call("GET", "summary/dashboard").json()
    assert before["usage"] == {"users": 1, "components": 0, "storage_bytes": 0}
    company.upload(SAMPLE)
    summary = company.call("GET", "summary/dashboard").json()
    assert summary["usage"]["storage_bytes"] == len(SAMPLE)
    assert summary["limits"] == {"users": None, "components": None, "storage_gb": 2, "storage_bytes": 2 * 10**9}


@pytest.mark.parametrize(
    "name",
    ["../../../evil.csv", "a\u202efdp.csv", 'q"uote;.csv', "x" * 1000, "..", "Stückliste №1.csv", "/srv/evil.csv"],
)
def test_names_of_files_are_text_and_nothing_else(world: World, name: str) -> None:
    company = Company(world)
    before = sorted(path.name for path in world.platform.state_dir.iterdir())
    bom = company.upload(SAMPLE, name).json()
    answer = company.call("GET", f"boms/{bom['id']}/file")
    disposition = answer.headers["content-disposition"]
    assert answer.content == SAMPLE
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert disposition.isascii()
    assert disposition.isprintable()
    assert disposition.count('"') == 2
    assert company.files() == [sha(SAMPLE)]
    assert sorted(path.name for path in world.platform.state_dir.iterdir()) == before


def test_a_lost_file_is_told_of(world: World) -> None:
    company = Company(world)
    bom = company.upload(SAMPLE).json()
    (company.folder / sha(SAMPLE)).unlink()
    answer = company.call("GET", f"boms/{bom['id']}/file")
    assert (answer.status_code, answer.json()["message"]) == (404, "bom_file_missing")
    assert company.upload(SAMPLE).status_code == 202
    assert company.call("GET", f"boms/{bom['id']}/file").content == SAMPLE, "uploaded again, it is there again"


# -- the lines as CSV


LINE: dict[str, Any] = {"id": "", "row_number": 0, "raw": {}, "reference_designators": [], "warnings": []} | {
    "match_status": "pending",
    "is_dnp": False,
}


def add_lines(world: World, company: Company, lines: list[dict[str, Any]]) -> str:
    """A ready BOM with lines that need no file."""
    with connect(world.platform, Plane.APP) as db:
        query = (
            "insert into stored_files (organization_id, sha256, size_bytes) values (%s, %s, 0) on conflict do nothing"
        )
        db.execute(query, (company.id, "0" * 64))
        row = db.execute(
            "insert into boms (organization_id, project_id, name, status, file_name, file_sha256, file_size)"
            " select %s, id, 'n', 'ready', 'board.v2.xlsx', %s, 0 from projects"
            " where organization_id = %s returning id::text",
            (company.id, "0" * 64, company.id),
        ).fetchone()
        assert row is not None
        for place, line in enumerate(lines, 1):
            filled = LINE | {"bom_id": row["id"], "organization_id": company.id, "position": place} | line
            names = ", ".join(sorted(filled))
            db.execute(
                f"insert into bom_line_items ({names}) select {names}"  # noqa: S608 - names of columns
                " from jsonb_populate_record(null::bom_line_items, %s::jsonb)".encode(),
                (json.dumps(filled | {"id": str(uuid.uuid4()), "row_number": place + 1}),),
            )
        return str(row["id"])


def test_lines_come_out_as_columns(world: World) -> None:
    company = Company(world)
    part = company.query(
        "select p.id::text, p.mpn, m.name, p.lifecycle from catalogue_parts as p"
        " join manufacturers as m on m.id = p.manufacturer_id order by p.mpn limit 1"
    )[0]
    warnings = [{"code": "quantity_missing", "message": "Row 2.", "severity": "warning"}]
    line = {"reference_designators": ["R1", "R2"], "quantity": 2, "unit_price": 0.25, "warnings": warnings}
    line |= {"catalogue_part_id": part["id"], "match_status": "matched", "mpn": "X,1", "is_dnp": True}
    bom_id = add_lines(world, company, [line, {"description": 'a "b"\nc'}])
    line_id = company.query("select id from bom_line_items where bom_id = %s and position = 1", (bom_id,))[0]["id"]
    company.query(
        "insert into bom_line_alternates"
        " (organization_id, bom_id, bom_line_item_id, rank, row_number, mpn, manufacturer)"
        " values (%s, %s, %s, 1, 3, 'ALT1', 'Maker'), (%s, %s, %s, 2, 4, '=ALT2', null)",
        (company.id, bom_id, line_id) * 2,
    )
    answer = company.call("GET", f"boms/{bom_id}/export?format=csv")
    assert (answer.status_code, answer.content[:3]) == (200, b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert 'filename="board.v2-lines.csv"' in answer.headers["content-disposition"]
    content = answer.content.decode("utf-8-sig")
    assert content.partition("\r\n")[0] == EXPORT_COLUMNS
    assert content.endswith("\r\n")
    first, second = table(content)
    assert set(first) == set(EXPORT_COLUMNS.split(","))
    wanted = {
        "position": "1", "row": "2", "level": "0", "references": "R1, R2", "quantity": "2", "dnp": "yes", "mpn": "X,1",
        "unit_price": "0.25", "match_status": "matched", "matched_mpn": part["mpn"],
        "matched_manufacturer": part["name"], "lifecycle": part["lifecycle"],
        "alternates": "Maker ALT1; '=ALT2", "warnings": "quantity_missing: Row 2.",
    }  # fmt: skip
    assert {name: first[name] for name in wanted} == wanted
    assert (second["description"], second["quantity"], second["match_status"]) == ('a "b"\nc', "", "pending")


def test_what_hangs_on_a_line_is_embedded_in_it_and_it_in_them(world: World) -> None:
    company = Company(world)
    bom_id = add_lines(world, company, [{"mpn": "X"}])
    line_id = company.query("select id from bom_line_items where bom_id = %s", (bom_id,))[0]["id"]
    for columns, values in (
        ("bom_line_alternates (rank, row_number, mpn", "1, 3, 'Y'"),
        ("enrichment_queue (reason", "'no_match'"),
        ("bom_line_comments (body", "'Stocked?'"),
    ):
        statement = f"insert into {columns}, organization_id, bom_id, bom_line_item_id) values ({values}, %s, %s, %s)"  # noqa: S608
        company.query(statement, (company.id, bom_id, line_id))
    hanging = "bom_line_alternates(mpn),enrichment_queue(reason),bom_line_comments(body),bom_line_suggestions(rank)"
    lines = company.call("GET", f"rest/v1/boms?id=eq.{bom_id}&select=bom_line_items(mpn,{hanging})").json()
    assert lines[0]["bom_line_items"] == [{
        "mpn": "X", "bom_line_alternates": [{"mpn": "Y"}], "enrichment_queue": {"reason": "no_match"},
        "bom_line_comments": [{"body": "Stocked?"}], "bom_line_suggestions": [],
    }]  # fmt: skip
    for name in ("bom_line_alternates", "enrichment_queue", "bom_line_comments"):
        query = f"rest/v1/{name}?bom_line_item_id=eq.{line_id}&select=bom_line_items(mpn,boms(id))"
        assert company.call("GET", query).json() == [{"bom_line_items": {"mpn": "X", "boms": {"id": bom_id}}}]


def test_no_cell_of_an_export_is_a_formula(world: World) -> None:
    company = Company(world)
    hostile = [*PAYLOADS, *SPLITTING]
    names = ("description", "mpn", "manufacturer")
    lines = [dict.fromkeys(names, text) | {"reference_designators": [text]} for text in hostile]
    content = company.call("GET", f"boms/{add_lines(world, company, lines)}/export").content.decode("utf-8-sig")
    assert formulas(content) == []
    rows = table(content)
    assert [row["description"].replace("'", "") for row in rows] == [text.replace("'", "") for text in hostile]


def test_a_hostile_file_comes_out_harmless(world: World) -> None:
    company = Company(world)
    content = 'Reference,Qty,MPN,Description\nR1,1,"=1+1","=cmd|\' /C calc\'!A0"\nR2,2,@SUM(1),"10k;=2+2"\n'
    bom = company.upload(content.encode()).json()
    query = "select status, error from boms where id = %s"
    assert eventually(lambda: company.query(query, (bom["id"],))[0]["status"] in ("ready", "failed"))
    assert company.query(query, (bom["id"],)) == [{"status": "ready", "error": None}]
    exported = company.call("GET", f"boms/{bom['id']}/export").content.decode("utf-8-sig")
    assert len(table(exported)) == 2
    assert formulas(exported) == []


def test_large_exports_are_whole_and_in_order(world: World) -> None:
    company = Company(world)
    bom_id = add_lines(world, company, [{"mpn": f"P{number}"} for number in range(1, 2201)])
    answer = company.call("GET", f"boms/{bom_id}/export")
    rows = table(answer.content.decode("utf-8-sig"))
    assert [row["mpn"] for row in rows] == [f"P{number}" for number in range(1, 2201)]
    assert answer.headers["content-length"] == str(len(answer.content))


def test_an_export_without_lines_has_its_columns(world: World) -> None:
    company = Company(world)
    content = company.call("GET", f"boms/{add_lines(world, company, [])}/export").content.decode("utf-8-sig")
    assert content == f"{EXPORT_COLUMNS}\r\n"


def test_exports_are_for_those_who_may_read(world: World) -> None:
    company, other = Company(world), Company(world)
    bom_id = add_lines(world, company, [{"mpn": "P"}])
    for path in (f"boms/{bom_id}/export", f"boms/{bom_id}/file", f"boms/{uuid.uuid4()}/export"):
        answer = other.call("GET", path)
        assert (answer.status_code, answer.json()["message"]) == (404, "bom_not_found")
    answer = company.call("GET", f"boms/{bom_id}/export", headers={"Authorization": ""})
    assert answer.status_code == 401
    refused = company.call("GET", f"boms/{bom_id}/export?format=xlsx")
    assert (refused.status_code, refused.json()["message"]) == (422, "invalid_request")

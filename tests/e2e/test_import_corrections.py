"""What people correct: the mapping of columns, lines in review, matches; and that it is remembered."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ananta.demo.client import Session
from tests.support.platform import Platform, Tenant, run

Json = dict[str, Any]
# Two columns might be the part number: the first reads like it, a person knows that it is the second.
ODD = "Part Number,Key,Ref,Count\nSHELF-7,STM32F103C8T6,U1,1\nSHELF-9,NE555P,U2,2\n"


@pytest.fixture(scope="module")
def tenant(platform: Platform) -> Tenant:
    async def sign_up() -> Tenant:
        async with platform.client() as http:
            return await platform.sign_up(http, "corrector")

    return run(sign_up())


async def settled(session: Session, bom_id: str) -> Json:
    return [change async for change in session.watch(bom_id)][-1]


async def imported(session: Session, path: Path, content: str, form: Json | None = None) -> Json:
    await asyncio.to_thread(path.write_text, content, encoding="utf-8")
    return await settled(session, (await session.upload(path, form))["id"])


async def lines(session: Session, bom: Json) -> list[Json]:
    return await session.rows("bom_line_items", bom_id=f"eq.{bom['id']}", order="position")


async def suggested(session: Session, bom: Json) -> None:
    for _ in range(200):
        if (await session.rows("boms", id=f"eq.{bom['id']}"))[0]["suggested_at"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("no suggestions within 20 s")


async def mapped(session: Session, bom: Json, mapping: Json, status: int = 202) -> Json:
    response = await session.call("POST", f"/api/app/boms/{bom['id']}/mapping", json=mapping)
    assert response.status_code == status, response.text
    return dict(response.json())


def test_mapping_is_shown_corrected_and_remembered(platform: Platform, tenant: Tenant, tmp_path: Path) -> None:
    async def check() -> None:
        async with platform.client() as http:
            session = tenant.owner
            session.http = http
            bom = await imported(session, tmp_path / "odd.csv", ODD)
            columns = {column["name"]: column for column in bom["parse_result"]["columns"]}
            assert columns["Part Number"]["field"] == "mpn"
            assert 0 < columns["Part Number"]["confidence"] <= 1
            assert columns["Key"]["samples"] == ["STM32F103C8T6", "NE555P"]
            wanted = {"columns": {"mpn": ["Key"], "references": ["Ref"], "quantity": [4], "internal_number": [1]}}
            await mapped(session, bom, wanted)
            bom = await settled(session, bom["id"])
            assert (bom["status"], bom["parse_result"]["mapping_source"]) == ("ready", "given")
            read = await lines(session, bom)
            assert [(x["mpn"], x["internal_number"]) for x in read] == [
                ("STM32F103C8T6", "SHELF-7"), ("NE555P", "SHELF-9"),
            ]  # fmt: skip
            again = await imported(session, tmp_path / "next.csv", ODD.replace("NE555P", "LM358DR"))
            assert again["parse_result"]["mapping_source"] == "remembered"
            assert (await lines(session, again))[1]["mpn"] == "LM358DR"
            components = await session.rows("components", mpn="like.SHELF*")
            assert components == [], "what the first reading brought in is gone"
            refused = await mapped(session, bom, {"columns": {"mpn": ["No such column"]}}, status=422)
            assert refused["message"] == "mapping_invalid"

    run(check())


def test_file_without_a_header_is_rescued_by_a_mapping(platform: Platform, tenant: Tenant, tmp_path: Path) -> None:
    async def check() -> None:
        async with platform.client() as http:
            session = tenant.owner
            session.http = http
            bom = await imported(session, tmp_path / "bare.csv", "alpha,NE555P,three\nbeta,LM358DR,four\n")
            assert (bom["status"], bom["error"]["code"]) == ("failed", "bom_not_recognized")
            assert bom["error"]["preview"], "what a person needs to say what is what"
            await mapped(session, bom, {"header_row": 0, "columns": {"mpn": [2], "description": [1]}})
            bom = await settled(session, bom["id"])
            assert bom["status"] == "ready", bom["error"]
            assert [(x["mpn"], x["description"]) for x in await lines(session, bom)] == [
                ("NE555P", "alpha"), ("LM358DR", "beta"),
            ]  # fmt: skip

    run(check())


def test_review_is_edited_and_committed(platform: Platform, tenant: Tenant, tmp_path: Path) -> None:
    async def check() -> None:
        async with platform.client() as http:
            session = tenant.owner
            session.http = http
            content = "Reference,Qty,MPN\nU1,one,NE555P\nU2,1,LM358DR\nX9,1,TOYS\n"
            bom = await imported(session, tmp_path / "review.csv", content, {"review": "true"})
            assert (bom["status"], bom["error_count"], bom["matched_line_count"]) == ("in_review", 1, 0)
            first, _, last = await lines(session, bom)
            assert first["warnings"][0]["severity"] == "error"
            assert (first["warnings"][0]["column"], first["row_number"]) == ("Qty", 2)
            commit = "/api/app/rest/v1/rpc/commit_bom"
            refused = await session.call("POST", commit, json={"bom_id": bom["id"]})
            assert (refused.status_code, refused.json()["message"]) == (409, "bom_has_errors")
            items = "/api/app/rest/v1/bom_line_items"
            for method, line, body in (("PATCH", first, {"quantity": 1}), ("DELETE", last, None)):
                changed = await session.call(method, items, params={"id": f"eq.{line['id']}"}, json=body)
                assert changed.status_code == 204, changed.text
            assert (await session.call("POST", commit, json={"bom_id": bom["id"]})).status_code == 200
            bom = await settled(session, bom["id"])
            assert (bom["status"], bom["line_count"], bom["error_count"]) == ("ready", 2, 0)
            late = await session.call("PATCH", items, params={"id": f"eq.{first['id']}"}, json={"quantity": 9})
            assert (late.status_code, late.json()["message"]) == (409, "bom_not_in_review")

    run(check())


def test_suggestion_is_picked_and_kept_by_the_next_revision(platform: Platform, tenant: Tenant, tmp_path: Path) -> None:
    async def check() -> None:
        async with platform.client() as http:
            session = tenant.owner
            session.http = http
            content = "Reference,Qty,MPN\nU1,1,STM32F103C8T6Q\n"
            bom = await imported(session, tmp_path / "v1.csv", content)
            await suggested(session, bom)
            (line,) = await session.rows(
                "bom_line_items", bom_id=f"eq.{bom['id']}", select="*,bom_line_suggestions(*,catalogue_parts(mpn))"
            )
            best = min(line["bom_line_suggestions"], key=lambda s: s["rank"])
            assert best["catalogue_parts"]["mpn"].startswith("STM32F103C8T6")
            body = {"bom_line_item_id": line["id"], "catalogue_part_id": best["catalogue_part_id"]}
            picked = await session.call("POST", "/api/app/rest/v1/rpc/pick_part", json=body)
            assert [row["match_method"] for row in picked.json()] == ["pick"], picked.text
            form = {"revises": bom["id"]}
            second = await imported(session, tmp_path / "v2.csv", content + "U2,1,NE555P\n", form)
            assert (second["revision"], second["series_id"]) == (2, bom["series_id"])
            first, _ = await lines(session, second)
            assert (first["match_method"], first["catalogue_part_id"]) == ("pick", best["catalogue_part_id"])

    run(check())


def test_two_imports_of_one_file_at_once(platform: Platform, tenant: Tenant, tmp_path: Path) -> None:
    async def check() -> None:
        async with platform.client() as http:
            session = tenant.owner
            session.http = http
            path = tmp_path / "twin.csv"
            await asyncio.to_thread(
                path.write_text, "Reference,Qty,MPN\n" + "".join(f"R{n},1,TWIN{n}\n" for n in range(40))
            )
            boms = await asyncio.gather(*(session.upload(path) for _ in range(6)))
            assert len({bom["id"] for bom in boms}) == 6
            for bom in boms:
                assert (await settled(session, bom["id"]))["status"] == "ready"
            assert len(await session.rows("components", mpn="like.TWIN*")) == 40
            stored = await session.rows("stored_files", sha256=f"eq.{boms[0]['file_sha256']}")
            assert len(stored) == 1

    run(check())

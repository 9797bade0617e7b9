"""Imports through the public interface: real files, their figures, the original back, and the alerts they raise."""

import asyncio
import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ananta.demo.client import Session
from ananta.settings import ROOT, Plane
from tests.support.platform import Platform, Tenant, run

BOMS = ROOT / "seeds" / "boms"
EXPECTED = {
    row["file"]: row for row in csv.DictReader((BOMS / "expected.csv").read_text(encoding="utf-8").splitlines())
}


async def imported(session: Session, path: Path, **headers: str) -> dict[str, Any]:
    """The BOM once its import has ended."""
    bom = await session.upload(path, **headers)
    return [change async for change in session.watch(bom["id"])][-1]


async def all_lines(session: Session, bom_id: str) -> list[dict[str, Any]]:
    """All lines of a BOM, in order."""
    return await session.rows("bom_line_items", bom_id=f"eq.{bom_id}", order="position")


@pytest.fixture(scope="module")
def tenant(platform: Platform) -> Tenant:
    async def sign_up() -> Tenant:
        async with platform.client() as http:
            return await platform.sign_up(http, "importer")

    return run(sign_up())


def test_every_sample_file_has_its_figures(platform: Platform, tenant: Tenant) -> None:
    async def check() -> None:
        async with platform.client() as http:
            tenant.owner.http = http
            for name, expected in EXPECTED.items():
                bom = await imported(tenant.owner, BOMS / name)
                assert bom["status"] == "ready", (name, bom["error"])
                lines = await all_lines(tenant.owner, bom["id"])
                assert (
                    len(lines) == bom["line_count"] == bom["processed_line_count"] == int(expected["component_lines"])
                )
                placed = [line for line in lines if not line["is_dnp"]]
                quantity = sum(Decimal(str(line["quantity"])) for line in placed)
                assert quantity == Decimal(expected["total_quantity"]), name
                assert sum(line["is_dnp"] for line in lines) == int(expected["has_dnp"]), name
                assert all(line["raw"] and line["match_status"] != "pending" for line in lines)
                matched = [line for line in lines if line["match_status"] == "matched"]
                assert len(matched) == bom["matched_line_count"]
                assert all(line["component_id"] and line["catalogue_part_id"] for line in matched)

    run(check())
    counted = platform.query(
        Plane.APP,
        "select current_count,"
        " (select count(*) from components as c where c.organization_id = u.organization_id) as rows"
        " from private.usage_sums as u where metric = 'components' and organization_id = %s",
        (tenant.organization_id,),
    )
    assert counted[0]["current_count"] == counted[0]["rows"] > 100


def test_original_comes_back_unchanged(platform: Platform, tenant: Tenant) -> None:
    async def check() -> None:
        async with platform.client() as http:
            tenant.owner.http = http
            path = BOMS / next(iter(EXPECTED))
            bom = await imported(tenant.owner, path)
            response = await tenant.owner.call("GET", f"/api/app/boms/{bom['id']}/file")
            assert response.content == await asyncio.to_thread(path.read_bytes)
            assert response.headers["content-type"] == "application/octet-stream"
            assert path.name in response.headers["content-disposition"]

    run(check())


def test_part_on_its_way_out_raises_an_alert(platform: Platform, tenant: Tenant, tmp_path: Path) -> None:
    obsolete = platform.query(
        Plane.APP,
        "select p.mpn, m.name from catalogue_parts as p join manufacturers as m on m.id = p.manufacturer_id"
        " where p.lifecycle = 'obsolete' order by p.mpn limit 1",
    )[0]
    path = tmp_path / "obsolete.csv"
    path.write_text(f'Reference,Qty,Manufacturer,MPN\nU1,1,"{obsolete["name"]}","{obsolete["mpn"]}"\n')

    async def check() -> None:
        async with platform.client() as http:
            tenant.owner.http = http
            bom = await imported(tenant.owner, path)
            alerts = await tenant.owner.rows("alerts", bom_id=f"eq.{bom['id']}")
            assert [(alert["type"], alert["severity"]) for alert in alerts] == [("component-eol", "critical")]
            assert obsolete["mpn"] in alerts[0]["title"]
            summary = await tenant.owner.call("GET", "/api/app/summary/dashboard")
            assert summary.json()["open_alerts"] >= 1

    run(check())


def test_normalize_answers_at_once(platform: Platform, tenant: Tenant) -> None:
    async def check() -> None:
        async with platform.client() as http:
            tenant.owner.http = http
            parts = [{"mpn": "lm358", "manufacturer": "TI"}, {"mpn": "no such part at all"}]
            response = await tenant.owner.call("POST", "/api/app/cns/normalize", json={"parts": parts})
            assert response.status_code == 200
            found = response.json()["parts"]
            assert [part["normalized_mpn"] for part in found] == ["LM358", "NOSUCHPARTATALL"]
            assert found[1]["catalogue_part_id"] is None

    run(check())


def test_deleting_and_uploading_the_same_file_at_once_loses_nothing(platform: Platform, tenant: Tenant) -> None:
    async def check() -> None:
        async with platform.client() as http:
            tenant.owner.http = http
            path = BOMS / "029-simplefoc-shield-v3.csv"
            bom = await imported(tenant.owner, path)
            for _ in range(10):
                delete = tenant.owner.call("DELETE", "/api/app/rest/v1/boms", params={"id": f"eq.{bom['id']}"})
                deleted, bom = await asyncio.gather(delete, imported(tenant.owner, path))
                assert deleted.status_code == 204
                assert bom["status"] == "ready", bom["error"]
                response = await tenant.owner.call("GET", f"/api/app/boms/{bom['id']}/file")
                assert response.content == await asyncio.to_thread(path.read_bytes)

    run(check())

"""The main job, as a company does it."""

import httpx
import pytest
from rich.console import Console

from ananta.demo import DEFAULT_BOM
from ananta.demo.walk import Walk
from tests.support.platform import Platform, run


def test_demo_walks_every_step(platform: Platform) -> None:
    console = Console(record=True, width=150)
    run(Walk(console, platform.url).run(DEFAULT_BOM))
    shown = console.export_text()
    assert "52 of 70 lines matched" in shown
    assert "quota_exceeded" in shown
    assert "upload: 403 permission_denied" in shown


def test_correlation_id_reaches_the_rows(platform: Platform) -> None:
    async def check() -> None:
        async with platform.client() as http:
            tenant = await platform.sign_up(http, "correlated")
            sent = "correlation-0123456789"
            response = await tenant.owner.call(
                "POST", "/api/app/rest/v1/projects", json={"name": "Traced"}, headers={"X-Correlation-Id": sent}
            )
            assert response.status_code == 201
            assert response.headers["x-correlation-id"] == sent
            logs = await tenant.owner.rows(
                "audit_logs", table_name="eq.projects", action="eq.insert", actor_id="not.is.null"
            )
            assert [log["correlation_id"] for log in logs] == [sent]
            refused = await tenant.owner.call("GET", "/api/app/boms/none/file", headers={"X-Correlation-Id": sent})
            assert refused.json()["correlation_id"] == sent

    run(check())


@pytest.mark.parametrize(
    "path",
    [
        "/api/app/bootstrap",
        "/api/control/webhooks/x",
        "/internal/x",
        "/webhook/x",
        "/auth/admin/realms",
        "/auth/%61dmin/realms",
    ],
)
def test_plane_to_plane_routes_are_not_exposed(platform: Platform, path: str) -> None:
    assert httpx.post(platform.url + path, json={}).status_code == 404


def test_errors_of_postgrest_carry_the_correlation_id(platform: Platform) -> None:
    sent = "correlation-0123456789"
    response = httpx.get(f"{platform.url}/api/app/rest/v1/boms", headers={"X-Correlation-Id": sent})
    assert response.status_code == 401
    assert response.json()["correlation_id"] == sent
    assert response.json()["code"] == "42501"

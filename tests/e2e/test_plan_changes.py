"""From an operator's change of plan to limits, features and reports, over HTTP and both planes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from ananta.demo.client import Session
from tests.support.platform import Platform, run
from tests.support.world import World, world_of

CONTROL, APP = "/api/control/rest/v1", "/api/app/rest/v1"


async def until(ask: Callable[[], Awaitable[Any]], wanted: Any) -> None:
    """Wait for the planes to have spoken."""
    for _ in range(200):
        if (found := await ask()) == wanted:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{found} is not {wanted}")


async def usage(owner: Session) -> dict[str, tuple[int, int | None, int | None]]:
    answer = await owner.call("POST", f"{APP}/rpc/current_usage", json={})
    return {row["metric"]: (row["current_count"], row["limit_value"], row["excess_count"]) for row in answer.json()}


def test_a_change_of_plan_works_at_once_and_a_downgrade_takes_nothing(platform: Platform) -> None:
    world = world_of(platform)

    async def check() -> None:
        async with platform.client() as http:
            await _walk(platform, world, http)

    run(check())


async def _walk(platform: Platform, world: World, http: httpx.AsyncClient) -> None:
    tenant = await platform.sign_up(http, "planned", "plan-professional")
    owner, operator = tenant.owner, {"Authorization": f"Bearer {world.operator_token()}"}
    parts = [{"mpn": f"PLAN{number}"} for number in range(120)]
    assert (await owner.call("POST", f"{APP}/components", json=parts)).status_code == 201

    async def subscribe(plan: str) -> None:
        path = f"{CONTROL}/subscriptions?tenant_id=eq.{tenant.tenant_id}&status=eq.active"
        assert (await http.patch(path, json={"plan_id": plan}, headers=operator)).status_code == 204

    async def limits() -> Any:
        return (await usage(owner))["components"]

    async def reported() -> Any:
        query = f"{CONTROL}/tenant_usage?tenant_id=eq.{tenant.tenant_id}&metric=eq.components"
        rows = (await http.get(query, headers=operator)).json()
        return [(row["current_count"], row["limit_value"], row["percentage"], row["excess_count"]) for row in rows]

    async def list_as_csv() -> int:
        return (await owner.call("GET", f"{APP}/components", headers={"Accept": "text/csv"})).status_code

    assert await limits() == (120, 50_000, 0)
    assert await list_as_csv() == 200
    await subscribe("plan-free")
    await until(limits, (120, 100, 20))
    await until(reported, [(120, 100, 120, 20)])
    assert await list_as_csv() == 402
    refused = await owner.call("POST", f"{APP}/components", json={"mpn": "MORE"})
    assert json.loads(refused.json()["details"])["limit"] == 100
    assert len(await owner.rows("components")) == 120
    alerts = await owner.rows("alerts", type="eq.usage-threshold", metric="eq.components")
    assert [(alert["severity"], alert["status"]) for alert in alerts] == [("critical", "open")]
    assert (await owner.call("DELETE", f"{APP}/components?mpn=like.PLAN1*")).status_code == 204
    await until(reported, [(89, 100, 89, 0)])
    await subscribe("plan-enterprise")
    await until(limits, (89, None, 0))
    await until(reported, [(89, None, None, 0)])
    assert await list_as_csv() == 200

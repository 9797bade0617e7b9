"""Provisioning is made once, whatever dies: killed at every step's edge, halted, gone on with, undone."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from ananta.demo.client import polls
from ananta.embedded import processes
from ananta.settings import Plane
from tests.support.faults import MOMENTS, ONCE, STEPS, FaultyPlatform, Run, until
from tests.support.platform import run

DO = tuple(f"do.{step}.{moment}" for step in STEPS for moment in MOMENTS)
UNDO = tuple(f"undo.{step}.{moment}" for step in STEPS for moment in MOMENTS)


@pytest.fixture(scope="module")
def first(faulty: FaultyPlatform) -> Run:
    """A tenant whose worker was killed before and after the effect of each of the four steps."""

    async def provision() -> Run:
        async with faulty.client() as http:
            faulty.arm(*DO)
            tenant = await faulty.ask_for_tenant(http, "killed")
            await faulty.until(tenant, "completed", "halted")
            return tenant

    return run(provision())


def test_killed_before_and_after_each_step(faulty: FaultyPlatform, first: Run) -> None:
    assert faulty.struck(*DO) == list(DO)
    workflow = faulty.workflow(first)
    assert (workflow["status"], workflow["tenant_status"], workflow["status_reason"]) == ("completed", "active", None)
    assert {name: (step["status"], step["attempt"]) for name, step in faulty.steps(first).items()} == dict.fromkeys(
        STEPS, ("completed", 3)
    )
    assert faulty.effects(first) == ONCE
    run(faulty.until_quiet())
    confirmed = faulty.look(
        Plane.APP, "select provisioned_at from organizations where arc_saas_tenant_id = %s", (first.tenant_id,)
    )
    assert [row["provisioned_at"] is not None for row in confirmed] == [True]
    assert faulty.dead_letters() == []


def test_messages_sent_over_again_while_it_runs(faulty: FaultyPlatform) -> None:
    """The same steps at the same time, in one worker: each outside effect still is made once.

    As other events, or the ledger would know them.
    """

    async def provision() -> Run:
        async with faulty.client() as http:
            tenant = await faulty.ask_for_tenant(http, "again")
            again = """select pgmq.send('workflows', a.message || jsonb_build_object('event_id', gen_random_uuid()))
                from pgmq.a_workflows as a, generate_series(1, 4)
                where a.message ->> 'id' = %s"""
            await until(lambda: faulty.look(Plane.CONTROL, again, (tenant.workflow_id,)), 10)
            await faulty.until(tenant, "completed", "halted")
            await faulty.until_quiet()
            return tenant

    tenant = run(provision())
    assert sum(step["attempt"] for step in faulty.steps(tenant).values()) > 4
    assert faulty.workflow(tenant)["tenant_status"] == "active"
    assert faulty.effects(tenant) == ONCE
    assert faulty.dead_letters() == []


@dataclass
class Stuck:
    """Runs that met an app plane that is not there, and what their leads saw meanwhile."""

    retried: Run
    cancelled: Run
    second: Run
    shared: Run
    impatient: Run
    seen: dict[str, Any]
    undoing: dict[str, Any]


@pytest.fixture(scope="module")
def stuck(faulty: FaultyPlatform, first: Run) -> Stuck:
    """Five runs halted at provisionAppPlane (one of them cancelled while it waited), the app plane back again."""

    async def provision() -> Stuck:
        async with faulty.client() as http:
            right = faulty.look(Plane.CONTROL, "select base_url from tenant_management.app_planes")[0]["base_url"]
            point_app_plane(faulty, f"http://127.0.0.1:{processes.free_port()}")
            known = {"second": first.signup.person}
            words = ("retried", "cancelled", "second", "shared", "impatient")
            runs = await asyncio.gather(*(faulty.ask_for_tenant(http, word, known.get(word)) for word in words))
            tenants = dict(zip(words, runs, strict=True))
            seen = await progress_when(tenants["retried"], "provisionAppPlane waits")
            impatient = tenants["impatient"]
            await progress_when(impatient, "provisionAppPlane waits")
            assert (await faulty.operate(http, "cancel_workflow", impatient)).json()["status"] == "cancelling"
            undoing = await progress_when(impatient, "Undoing provisionAppPlane waits")
            for word in words[:4]:
                await faulty.until(tenants[word], "halted")
            point_app_plane(faulty, right)
            return Stuck(**tenants, seen=seen, undoing=undoing)

    return run(provision())


def point_app_plane(faulty: FaultyPlatform, url: str) -> None:
    """The address of the app plane, for tenants to come."""
    faulty.look(Plane.CONTROL, "update tenant_management.app_planes set base_url = %s", (url,))


def mend(faulty: FaultyPlatform, tenant: Run) -> None:
    """The right address for a run that was begun with a wrong one."""
    faulty.look(
        Plane.CONTROL,
        """update tenant_management.workflows as w set input = w.input || jsonb_build_object('appPlaneUrl', p.base_url)
        from tenant_management.app_planes as p where w.id = %s""",
        (tenant.workflow_id,),
    )


async def progress_when(tenant: Run, reason: str) -> dict[str, Any]:
    """What the lead sees when this is how the reason begins, and the next try has not begun."""
    async for _ in polls(0.05):
        progress = await tenant.signup.progress_now()
        statuses = {step["name"]: step["status"] for step in progress["steps"]}
        if (progress["reason"] or "").startswith(reason) and statuses["provisionAppPlane"] != "running":
            return progress
    raise AssertionError(f"never {reason}")


def test_lead_sees_cause_and_wait(faulty: FaultyPlatform, stuck: Stuck) -> None:
    steps = {step["name"]: step for step in stuck.seen["steps"]}
    step = steps["provisionAppPlane"]
    assert stuck.seen["status"] == "provisioning"
    assert step["cause"] == "the app plane cannot be reached (ConnectError)"
    assert step["nextAttemptAt"]
    assert 1 <= step["attempt"] < step["maxAttempts"] == 8
    assert stuck.seen["reason"].startswith(f"provisionAppPlane waits after try {step['attempt']} of 8: the app plane")
    assert [steps[name]["status"] for name in STEPS] == ["completed", "completed", "waiting", "pending"]
    assert stuck.undoing["reason"] == "Undoing provisionAppPlane waits: the app plane cannot be reached (ConnectError)"
    halted = faulty.workflow(stuck.retried)
    assert halted["tenant_status"] == "provision_failed"
    assert halted["status_reason"] == (
        "provisionAppPlane failed: the app plane cannot be reached (ConnectError)"
        " Check that the outside system runs and can be reached, then retry the workflow."
    )


def test_retry_goes_on_from_the_step(faulty: FaultyPlatform, stuck: Stuck) -> None:
    before = faulty.steps(stuck.retried)
    assert before["provisionAppPlane"]["attempt"] == 8

    async def retry() -> None:
        async with faulty.client() as http:
            mend(faulty, stuck.retried)
            answer = await faulty.operate(http, "retry_workflow", stuck.retried)
            assert (answer.status_code, answer.json()["status"]) == (200, "running"), answer.text
            again = await faulty.operate(http, "retry_workflow", stuck.retried)
            assert again.status_code == 200
            await faulty.until(stuck.retried, "completed", "halted")
            refused = await faulty.operate(http, "cancel_workflow", stuck.retried)
            assert (refused.status_code, refused.json()["message"]) == (409, "workflow_completed")

    run(retry())
    after = faulty.steps(stuck.retried)
    assert [after[name] for name in STEPS[:2]] == [before[name] for name in STEPS[:2]]
    assert [after[name]["attempt"] for name in STEPS] == [1, 1, 1, 1]
    workflow = faulty.workflow(stuck.retried)
    assert (workflow["status"], workflow["tenant_status"], workflow["status_reason"]) == ("completed", "active", None)
    assert faulty.effects(stuck.retried) == ONCE


def test_cancelled_while_waiting_is_undone_once_the_app_plane_is_back(faulty: FaultyPlatform, stuck: Stuck) -> None:
    mend(faulty, stuck.impatient)
    run(faulty.until(stuck.impatient, "cancelled"))
    assert_nothing_left(faulty, stuck.impatient)


def test_cancel_undoes_in_reverse_under_kills(faulty: FaultyPlatform, first: Run, stuck: Stuck) -> None:
    async def cancel() -> None:
        async with faulty.client() as http:
            for tenant in (stuck.cancelled, stuck.second, stuck.shared):
                mend(faulty, tenant)
            await halt_at_the_welcome(faulty, http, stuck.cancelled)
            faulty.arm(*UNDO)
            assert (await faulty.operate(http, "cancel_workflow", stuck.cancelled)).status_code == 200
            assert (await faulty.operate(http, "cancel_workflow", stuck.cancelled)).json()["status"] == "cancelling"
            assert (await faulty.operate(http, "cancel_workflow", stuck.second)).status_code == 200
            for tenant in (stuck.cancelled, stuck.second):
                await faulty.until(tenant, "cancelled", "completed")
            await faulty.until_quiet()

    run(cancel())
    assert faulty.struck(*UNDO) == list(UNDO)
    assert_nothing_left(faulty, stuck.cancelled)
    assert_nothing_left(faulty, stuck.second, users=1)
    assert faulty.effects(first)["users in arc-saas"] == 1, "its owner was there before the cancelled run"
    assert faulty.dead_letters() == []


def test_account_stays_while_another_tenant_needs_it(faulty: FaultyPlatform, stuck: Stuck) -> None:
    async def cancel() -> Run:
        async with faulty.client() as http:
            later = await faulty.ask_for_tenant(http, "later", stuck.shared.signup.person)
            await faulty.until(later, "completed", "halted")
            assert (await faulty.operate(http, "cancel_workflow", stuck.shared)).status_code == 200
            await faulty.until(stuck.shared, "cancelled")
            return later

    later = run(cancel())
    assert_nothing_left(faulty, stuck.shared, users=1)
    assert faulty.workflow(later)["tenant_status"] == "active"
    assert faulty.effects(later) == ONCE | {"set-password mails of arc-saas": 1}


async def halt_at_the_welcome(faulty: FaultyPlatform, http: Any, tenant: Run) -> None:
    """Goes on with the run up to its last step, which cannot succeed, so that all four are there to be undone."""
    faulty.look(
        Plane.CONTROL,
        "update tenant_management.workflows set input = input - 'portalUrl' where id = %s",
        (tenant.workflow_id,),
    )
    faulty.look(
        Plane.CONTROL,
        "update tenant_management.workflow_steps set max_attempts = 2 where workflow_id = %s and position = 4",
        (tenant.workflow_id,),
    )
    assert (await faulty.operate(http, "retry_workflow", tenant)).status_code == 200
    await until(lambda: faulty.steps(tenant)["provisionAppPlane"]["status"] == "completed", 30)
    await faulty.until(tenant, "halted")
    assert [step["status"] for step in faulty.steps(tenant).values()] == ["completed"] * 3 + ["failed"]


def assert_nothing_left(faulty: FaultyPlatform, tenant: Run, users: int = 0) -> None:
    """The tenant has failed cleanly, undone in reverse order."""
    workflow = faulty.workflow(tenant)
    assert (workflow["status"], workflow["tenant_status"]) == ("cancelled", "provision_failed")
    assert workflow["status_reason"] == "Provisioning was cancelled and undone."
    undone = [step for step in faulty.steps(tenant).values() if step["attempt"] > 0]
    assert all(step["status"] == "undone" for step in undone), undone
    times = [step["finished_at"] for step in undone]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == len(times) >= 3
    effects = faulty.effects(tenant)
    gone = ("realms", "owners in the realm", "organizations", "welcome mails", "memberships")
    assert {name: effects[name] for name in gone} == dict.fromkeys(gone, 0)
    assert effects["users in arc-saas"] == users
    marked = faulty.issuer("select email from users where attributes like ?", (f"%{tenant.workflow_id}%",))
    assert len(marked) <= users

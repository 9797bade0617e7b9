"""The embedded engine against a real database, with steps that fail in every way a step can."""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from ananta.settings import Plane
from tests.support.platform import run
from tests.workers.conftest import Superuser, consuming, until, worker_database
from workers.breaker import FAILURES_TO_OPEN, Breaker
from workers.consumer import Consumer
from workers.identity.provider import IdentityRejected
from workers.messages import Retryable, Unavailable
from workers.workflows.engine import EmbeddedEngine
from workers.workflows.types import Json, Step, StepContext, Workflow

NAME = "TestWorkflow"


@dataclass
class Script:
    """A workflow of three steps whose acts a test writes: what each does, and what was done."""

    acts: dict[str, Any] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def workflow(self) -> Workflow:
        """The declaration."""
        return Workflow(NAME, tuple(self._step(name) for name in ("one", "two", "three")))

    def _step(self, name: str) -> Step:
        async def do(context: StepContext) -> Json:
            return await self._act(name, context)

        async def undo(context: StepContext) -> Json:
            return await self._act(f"undo {name}", context)

        return Step(name, do, undo, max_attempts=2, timeout_seconds=0.5)

    async def _act(self, name: str, context: StepContext) -> Json:
        self.done.append(name)
        act = self.acts.get(name)
        if isinstance(act, list):
            act = act.pop(0) if act else None
        if isinstance(act, Exception):
            raise act
        if callable(act):
            await act()
        return {"of": name, "saw": sorted(context.outputs)}


@dataclass
class Started:
    """A run that was begun, and the database it is in."""

    id: str
    tenant_id: str
    database: Superuser

    def state(self) -> tuple[str, str, str | None]:
        """Status of the run, of its tenant, and the reason on the tenant."""
        row = self.database.rows(
            """select w.status, t.status as tenant, t.status_reason from tenant_management.workflows as w
            join tenant_management.tenants as t on t.id = w.tenant_id where w.id = %s""",
            (self.id,),
        )[0]
        return row["status"], row["tenant"], row["status_reason"]

    def steps(self) -> list[tuple[str, int]]:
        """Status and tries of each step."""
        query = "select status, attempt from tenant_management.workflow_steps where workflow_id = %s order by position"
        return [(row["status"], row["attempt"]) for row in self.database.rows(query, (self.id,))]

    def operate(self, function: str) -> None:
        """What an operator calls."""
        self.database.rows(f"select tenant_management.{function}(%s)", (self.id,))


@pytest.fixture
def started(control_plane: Superuser) -> Iterator[Started]:
    """A tenant whose workflow is in the queue."""
    key = f"test-{secrets.token_hex(4)}"
    control_plane.rows("select private.register_app_plane(%s, 'http://app', 'http://portal')", (key,))
    tenant = control_plane.rows(
        """insert into tenant_management.tenants (key, name, app_plane_id)
        select %s, 'Test', id from tenant_management.app_planes where name = %s returning id::text""",
        (key, key),
    )[0]["id"]
    control_plane.rows("select private.start_workflow(%s, %s, %s, '{}')", (f"test-{tenant}", tenant, NAME))
    yield Started(f"test-{tenant}", tenant, control_plane)
    control_plane.rows("delete from tenant_management.tenants where key = %s", (key,))
    control_plane.rows("delete from tenant_management.app_planes where name = %s", (key,))
    control_plane.rows("delete from private.dead_letters where message ->> 'id' = %s", (f"test-{tenant}",))
    control_plane.rows("delete from pgmq.q_workflows; delete from pgmq.q_webhooks")


def driven(
    cluster: str, script: Script, started: Started, *until_status: str, acts: Any = None, before: Any = None
) -> None:
    """Runs the engine until the run has one of these statuses and its queue is empty."""

    async def drive() -> None:
        database = worker_database(cluster, Plane.CONTROL)
        engine = EmbeddedEngine(database, [script.workflow()], back_off_seconds=0.01)
        consumer = Consumer(
            database, "workflows", engine.handle, max_attempts=20, visibility_seconds=2, on_buried=engine.give_up
        )
        if before is not None:
            await before()
        async with consuming(consumer):
            if acts is not None:
                await acts()
            await until(lambda: started.state()[0] in until_status)
            await until(lambda: not started.database.rows("select from pgmq.q_workflows"))

    run(drive())


def test_each_step_once_and_in_order(cluster: str, started: Started) -> None:
    script = Script()
    driven(cluster, script, started, "completed")
    assert script.done == ["one", "two", "three"]
    assert started.state() == ("completed", "active", None)
    assert started.steps() == [("completed", 1)] * 3
    outputs = started.database.rows(
        "select output from tenant_management.workflow_steps where workflow_id = %s order by position", (started.id,)
    )
    assert [row["output"]["saw"] for row in outputs] == [[], ["one"], ["one", "two"]]


def test_refusal_halts_at_once_and_a_retry_goes_on(cluster: str, started: Started) -> None:
    script = Script({"two": [IdentityRejected("The realm has no such role.", "Make the role.")]})
    driven(cluster, script, started, "halted")
    assert started.steps() == [("completed", 1), ("failed", 1), ("pending", 0)]
    reason = "two failed: The realm has no such role. Make the role."
    assert started.state() == ("halted", "provision_failed", reason)
    started.operate("retry_workflow")
    driven(cluster, script, started, "completed")
    assert script.done == ["one", "two", "two", "three"]
    assert started.state() == ("completed", "active", None)


def test_step_that_takes_too_long(cluster: str, started: Started) -> None:
    script = Script({"one": lambda: asyncio.sleep(5)})
    driven(cluster, script, started, "halted")
    assert script.done == ["one", "one"]
    assert (started.state()[2] or "").startswith("one failed: it took longer than 0.5 s")


def test_step_whose_system_is_known_to_be_down_keeps_its_tries(cluster: str, started: Started) -> None:
    breaker = Breaker("test system", first_pause_seconds=0.05)
    calls = 0

    async def call() -> None:
        nonlocal calls
        async with breaker.calling():
            calls += 1
            if calls == 1:
                raise Unavailable("away")

    async def find_it_down() -> None:
        for _ in range(FAILURES_TO_OPEN):
            with contextlib.suppress(Unavailable):
                async with breaker.calling():
                    raise Unavailable("away")
        breaker.is_trying = True  # somebody else's trial is under way: ours is not made

    async def look() -> None:
        await until(lambda: "one waits: away" in (started.state()[2] or ""))
        await until(lambda: started.steps()[0] == ("waiting", 0))
        assert calls == 0
        breaker.is_trying = False

    driven(cluster, Script({"one": call}), started, "completed", before=find_it_down, acts=look)
    assert calls == 2
    assert started.steps() == [("completed", 2), ("completed", 1), ("completed", 1)]


def test_cancelled_during_the_last_try_is_undone(cluster: str, started: Started) -> None:
    """The try fails after the cancellation: that must not halt the run, which would lose the cancellation."""

    async def cancel_meanwhile() -> None:
        await asyncio.to_thread(started.operate, "cancel_workflow")
        await asyncio.sleep(0.1)
        raise Retryable("gone")

    script = Script({"two": [Retryable("away"), cancel_meanwhile], "undo two": [Retryable("still away")]})
    driven(cluster, script, started, "cancelled", "halted")
    assert script.done == ["one", "two", "two", "undo two", "undo two", "undo one"]
    assert started.state() == ("cancelled", "provision_failed", "Provisioning was cancelled and undone.")
    assert [status for status, _ in started.steps()] == ["undone", "undone", "pending"]


def test_result_the_database_refuses_halts_with_the_reason(cluster: str, started: Started) -> None:
    """The message becomes a dead letter; nobody else would ever move the run again."""
    script = Script({"two": psycopg.errors.CheckViolation("no")})
    driven(cluster, script, started, "halted")
    status, tenant, reason = started.state()
    assert (status, tenant) == ("halted", "provision_failed")
    assert (reason or "").startswith("two failed: 23514")
    assert "retry or cancel the workflow" in (reason or "")
    script.acts.clear()
    started.operate("retry_workflow")
    driven(cluster, script, started, "completed")
    assert started.steps() == [("completed", 1)] * 3


def test_given_up_before_it_began_it_begins_when_retried(cluster: str, started: Started) -> None:
    started.database.rows("delete from pgmq.q_workflows")
    started.database.rows("select private.give_up_workflow(%s, 'no such workflow')", (started.id,))
    assert started.state()[:2] == ("halted", "provision_failed")
    started.operate("retry_workflow")
    script = Script()
    driven(cluster, script, started, "completed")
    assert script.done == ["one", "two", "three"]


def test_undo_that_never_succeeds_halts_and_is_cancelled_again(cluster: str, started: Started) -> None:
    script = Script({"two": [IdentityRejected("no", "")], "undo one": IdentityRejected("not allowed", "")})
    driven(cluster, script, started, "halted")
    started.operate("cancel_workflow")

    async def worn_out() -> None:
        await until(lambda: "undo one" in script.done)
        started.database.rows("update pgmq.q_workflows set read_ct = 20")

    driven(cluster, script, started, "halted", acts=worn_out)
    assert (started.state()[2] or "").startswith("one failed: tries used up")
    script.acts.clear()
    started.operate("cancel_workflow")
    driven(cluster, script, started, "cancelled")
    assert [status for status, _ in started.steps()] == ["undone", "undone", "pending"]

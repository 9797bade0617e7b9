"""The embedded workflow engine: its state is ``workflows`` and ``workflow_steps``, its motor a queue."""

import asyncio
from collections.abc import Iterable

import psycopg
import structlog
from psycopg.types.json import Jsonb

from ananta import traces
from ananta.logs import scrub
from workers.consumer import describe
from workers.database import WorkerDatabase
from workers.failpoints import reach
from workers.messages import Finish, Later, Message, Retryable, Unavailable
from workers.workflows.types import Json, Step, StepContext, StepRefused, Workflow

log = structlog.get_logger()
UNREACHABLE_HINT = "Check that the outside system runs and can be reached, then retry the workflow."
LONGEST_BACK_OFF_SECONDS = 30.0


class EmbeddedEngine:
    """Runs declared workflows, one step a message."""

    def __init__(
        self, database: WorkerDatabase, workflows: Iterable[Workflow], *, back_off_seconds: float = 1.0
    ) -> None:
        self._database = database
        self._back_off_seconds = back_off_seconds
        self._workflows = {workflow.name: workflow for workflow in workflows}

    async def handle(self, message: Message) -> Finish | Later:
        """Do (or undo) the next step of the run a message names."""
        name = await self._name(message)
        workflow = self._workflows[name]
        query = "select private.claim_workflow_step(%s, %s)"
        claim: Json | None = await self._database.value(query, (message.subject_id, Jsonb(workflow.declaration())))
        if claim is None:
            return Finish()
        if claim["action"] == "wait":
            return Later(2)
        step = workflow.step(claim["step"])
        context = StepContext(message.subject_id, claim["input"], claim["outputs"])
        try:
            output = await self._run(step, claim["action"], context)
        except Exception as error:
            return await self._failed(message, claim, error)
        return Finish(
            "select private.complete_workflow_step(%s, %s, %s)", (message.subject_id, claim["position"], Jsonb(output))
        )

    @staticmethod
    def give_up(message: Message, cause: str) -> Finish:
        """A message of a run became a dead letter: the run halts, and says why."""
        return Finish("select private.give_up_workflow(%s, %s)", (message.subject_id, cause))

    async def _name(self, message: Message) -> str:
        return str(await self._database.value("select private.workflow_name(%s)", (message.subject_id,)))

    async def _run(self, step: Step, action: str, context: StepContext) -> Json:
        activity = step.activity if action == "do" else step.undo
        log.info("step", workflow=context.workflow_id, step=step.name, action=action)
        reach(f"{action}.{step.name}.before")
        try:
            with traces.span(f"{action} {step.name}", workflow=context.workflow_id):
                async with asyncio.timeout(step.timeout_seconds):
                    output = await activity(context)
        except TimeoutError as error:
            raise Retryable(f"it took longer than {step.timeout_seconds:g} s") from error
        reach(f"{action}.{step.name}.after")
        return output

    async def _failed(self, message: Message, claim: Json, error: Exception) -> Finish | Later:
        if isinstance(error, psycopg.Error):
            raise error
        if isinstance(error, Unavailable) and not error.was_called:  # known to be down: no try of the step
            await self._database.value(
                "select private.put_off_workflow_step(%s, %s, %s, make_interval(secs => %s))",
                (message.subject_id, claim["position"], describe(error), error.retry_seconds),
            )
            raise error
        refused = isinstance(error, StepRefused)
        cause = str(scrub(error.cause)) if isinstance(error, StepRefused) else describe(error)
        hint = error.hint if isinstance(error, StepRefused) else UNREACHABLE_HINT
        tries = claim["attempt"] if claim["action"] == "do" else message.attempt
        seconds = min(self._back_off_seconds * 2.0 ** (tries - 1), LONGEST_BACK_OFF_SECONDS)
        log.warning("step_failed", step=claim["step"], attempt=claim["attempt"], cause=cause)
        is_waiting = await self._database.value(
            "select private.fail_workflow_step(%s, %s, %s, %s, %s, make_interval(secs => %s))",
            (message.subject_id, claim["position"], cause, hint, not refused, seconds),
        )
        if is_waiting and isinstance(error, Unavailable) and error.retry_seconds is not None:
            error.retry_seconds = max(1.0, seconds, error.retry_seconds)  # its tries last as long as they would
            raise error
        return Later(seconds) if is_waiting else Finish()

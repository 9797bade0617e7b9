"""A workflow is declared once: its steps with activity, undo, tries and time-out. An engine runs it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class StepContext:
    """What an activity gets: the run's input, the outputs of the steps before, and the run's id as idempotency key."""

    workflow_id: str
    input: Json
    outputs: Mapping[str, Json]


class StepRefused(Exception):  # noqa: N818 - an answer, not a mistake
    """The step cannot succeed by trying again: why, and what an operator can do."""

    def __init__(self, cause: str, hint: str) -> None:
        super().__init__(cause)
        self.cause, self.hint = cause, hint


Activity = Callable[[StepContext], Awaitable[Json]]


@dataclass(frozen=True)
class Step:
    """One step. Activity and undo may run again after a crash and must find what they did before."""

    name: str
    activity: Activity
    undo: Activity
    max_attempts: int = 8
    timeout_seconds: float = 60.0


@dataclass(frozen=True)
class Workflow:
    """A named sequence of steps."""

    name: str
    steps: tuple[Step, ...]

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)

    def declaration(self) -> list[Json]:
        """The steps as rows are made of them."""
        return [{"name": step.name, "maxAttempts": step.max_attempts} for step in self.steps]

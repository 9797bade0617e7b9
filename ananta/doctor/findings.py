"""What a check says."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check ended; ``skipped`` says nothing either way."""

    OK = "ok"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One check: what was seen, and where something is wrong, the command or act that mends it."""

    check: str
    state: State
    says: str
    do: str = ""


def fine(check: str, says: str) -> Finding:
    """Nothing is wrong."""
    return Finding(check, State.OK, says)


def problem(check: str, says: str, do: str) -> Finding:
    """Something is wrong; ``do`` mends it."""
    return Finding(check, State.PROBLEM, says, do)


def skipped(check: str, says: str, do: str) -> Finding:
    """It could not be looked at; ``do`` makes that possible."""
    return Finding(check, State.SKIPPED, says, do)

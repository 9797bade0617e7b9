"""How much of the generated probes and mutants a run tries: a sample by a seed, or all (``--probes=all``)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Extent:
    """What was asked for on the command line."""

    is_whole: bool
    seed: int

    def limit(self, number: int) -> int | None:
        """So many of a sample, or None for all."""
        return None if self.is_whole else number

    def sample(self, found: Sequence[T], share: float, salt: str) -> list[T]:
        """All, or a share of them, at least one; ``salt`` makes the choices of one run differ from each other."""
        if self.is_whole:
            return list(found)
        return random.Random(f"{self.seed} {salt}").sample(found, max(1, round(len(found) * share)))

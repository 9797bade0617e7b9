"""Rounds of two things measured in turn, and the table and file of what came out."""

import json
import platform
import re
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ananta.settings import ROOT

_GOAL = re.compile(r"(?P<sign><=|>=|>|)\s*(?P<number>[0-9.]+)")
RESULTS = ROOT / ".ananta" / "bench"


def measurements() -> list[str]:
    """The modules that measure something, by name."""
    modules = (ROOT / "bench").glob("*.py")
    return sorted(m.stem for m in modules if m.stem != "all" and "\ndef main()" in m.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Figure:
    """One measured ratio: what is measured, its goal, and each round's values.

    ``anchor`` is what the same ratio was where somebody measured it before; ``why`` is what explains a missed goal: a
    query plan, or the file of a flame graph.
    """

    name: str
    unit: str
    goal: str
    values: list[float]
    anchor: str = ""
    why: str = ""

    @property
    def median(self) -> float:
        """The middle round."""
        return statistics.median(self.values)

    @property
    def is_missed(self) -> bool:
        """Whether the middle round is beyond the goal, which is a bound such as ``>= 0.4``, a number, or none."""
        found = _GOAL.match(self.goal)
        if found is None:
            return False
        wanted = float(found["number"])
        return not {"<=": self.median <= wanted, ">=": self.median >= wanted, ">": self.median > wanted}.get(
            found["sign"], self.median == wanted
        )


def report(bench: str, figures: Sequence[Figure], *, seed: int) -> Path:
    """Print a table and keep the figures with machine and commit as JSON."""
    print_table(figures)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{bench}-{time.strftime('%Y%m%d-%H%M%S')}.json"
    content = {
        "bench": bench,
        "seed": seed,
        "commit": _commit(),
        "machine": f"{platform.machine()} {platform.system()} {platform.release()}",
        "figures": [asdict(figure) for figure in figures],
    }
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    explained = sum(bool(figure.why) for figure in figures)
    print(f"\nkept in {path.relative_to(ROOT)}" + (f", with what explains {explained} of them" if explained else ""))
    return path


def print_table(figures: Sequence[Figure]) -> None:
    """The figures in lines."""
    width = max(len(figure.name) for figure in figures)
    print(f"\n{'figure':<{width}}  {'median':>10}  {'worst low':>10}  {'worst high':>10}  {'goal':<12}  anchor")
    for figure in figures:
        low, high = min(figure.values), max(figure.values)
        goal = f"{figure.goal}{f' {figure.unit}' if figure.unit else ''}{' missed' if figure.is_missed else ''}"
        line = (
            f"{figure.name:<{width}}  {figure.median:>10.4g}  {low:>10.4g}  {high:>10.4g}  {goal:<12}  {figure.anchor}"
        )
        print(line.rstrip())


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"

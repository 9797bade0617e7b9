"""Rounds of two things measured in turn, and the table and file of what came out."""

import json
import platform
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ananta.settings import ROOT

RESULTS = ROOT / ".ananta" / "bench"


@dataclass(frozen=True)
class Figure:
    """One measured ratio: what is measured, its goal, and each round's values."""

    name: str
    unit: str
    goal: str
    values: list[float]

    @property
    def median(self) -> float:
        """The middle round."""
        return statistics.median(self.values)


def report(bench: str, figures: Sequence[Figure], *, seed: int) -> Path:
    """Print a table and keep the figures with machine and commit as JSON."""
    width = max(len(figure.name) for figure in figures)
    print(f"\n{'figure':<{width}}  {'median':>10}  {'worst low':>10}  {'worst high':>10}  goal")
    for figure in figures:
        low, high = min(figure.values), max(figure.values)
        unit = f" {figure.unit}" if figure.unit else ""
        print(f"{figure.name:<{width}}  {figure.median:>10.4g}  {low:>10.4g}  {high:>10.4g}  {figure.goal}{unit}")
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
    print(f"\nkept in {path.relative_to(ROOT)}")
    return path


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"

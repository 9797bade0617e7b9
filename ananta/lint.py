"""Every static check in one go: Python's style and types, SQL's style, the safety of revisions."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ananta.settings import ROOT

PACKAGES = ("ananta", "bench", "edge_api", "workers", "migrations")
SQL_FOLDERS = ("sql", "functions", "policies", "seeds")


@dataclass(frozen=True)
class Check:
    """A tool and what it looks at."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What a check said."""

    check: Check
    is_ok: bool
    output: str
    seconds: float


def checks(root: Path = ROOT) -> list[Check]:
    """All checks, the quick ones first."""
    python = [name for name in (*PACKAGES, "deploy", "tests") if any((root / name).rglob("*.py"))]
    folders = [name for name in SQL_FOLDERS if any((root / name).rglob("*.sql"))]
    revisions = sorted(path.relative_to(root).as_posix() for path in (root / "migrations").rglob("*.sql"))
    packages = [part for name in PACKAGES for part in ("-p", name)]
    found = [
        Check("ruff check", (_tool("ruff"), "check", *python)),
        Check("ruff format", (_tool("ruff"), "format", "--check", *python)),
        Check("squawk", (_tool("squawk"), "--config", ".squawk.toml", *revisions)) if revisions else None,
        Check("mypy", (_tool("mypy"), *packages)),
        Check("sqlfluff", (_tool("sqlfluff"), "lint", "--processes", "2", "--disable-progress-bar", *folders)),
    ]
    return [check for check in found if check]


def run_lints(root: Path = ROOT) -> int:
    """Run them all, print what they found and a summary; 0 when nothing was found, else 1."""
    console = Console(soft_wrap=True, highlight=False)
    outcomes = []
    for check in checks(root):
        console.print(f"{check.name} …", style="dim")
        outcome = _run(check, root)
        if not outcome.is_ok:
            console.print(escape(outcome.output.strip()))
        outcomes.append(outcome)
    console.print(_summary(outcomes))
    return 0 if all(outcome.is_ok for outcome in outcomes) else 1


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _run(check: Check, root: Path) -> Outcome:
    began = time.monotonic()
    try:
        done = subprocess.run(check.command, cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return Outcome(check, False, f"{check.command[0]} is not installed: set up the development environment", 0.0)
    return Outcome(check, done.returncode == 0, done.stdout or done.stderr, time.monotonic() - began)


def _summary(outcomes: list[Outcome]) -> Table:
    table = Table("check", "result", "seconds")
    for outcome in outcomes:
        result = "[green]ok[/green]" if outcome.is_ok else "[red]findings[/red]"
        table.add_row(outcome.check.name, result, f"{outcome.seconds:.1f}")
    return table


if __name__ == "__main__":
    sys.exit(run_lints())

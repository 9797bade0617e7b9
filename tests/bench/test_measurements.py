"""What the measurements share: names, options, goals."""

import importlib
import json
import re
from pathlib import Path

import pytest

from ananta.settings import ROOT
from bench import all as all_of_them
from bench import harness
from bench.harness import Figure, measurements, report


def figure(goal: str, *values: float) -> Figure:
    return Figure("a figure", "", goal, list(values))


@pytest.mark.parametrize(
    ("goal", "values", "is_missed"),
    [
        (">= 0.4", (0.1, 0.4, 0.5), False),
        (">= 0.4", (0.1, 0.39, 0.5), True),
        ("<= 1.5", (1.6, 1.5, 1.2), False),
        ("<= 1.5", (1.4, 1.6, 1.7), True),
        (">= 0.25 (0.5)", (0.3,), False),
        ("> 0", (0,), True),
        ("0", (0,), False),
        ("0", (1,), True),
        ("-", (17,), False),
    ],
)
def test_middle_round_says_whether_a_goal_is_missed(goal: str, values: tuple[float, ...], is_missed: bool) -> None:
    assert figure(goal, *values).is_missed is is_missed


def test_report_says_what_was_missed_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(harness, "RESULTS", tmp_path)
    monkeypatch.setattr(harness, "ROOT", tmp_path)
    slow = Figure("slow", "", "<= 1", [2.0], anchor="1.1", why="Seq Scan on components")
    quick = Figure("quick", "", "<= 1", [0.5])
    kept = json.loads(report("example", [slow, quick], seed=7).read_text())
    assert (kept["bench"], kept["seed"]) == ("example", 7)
    assert [found["why"] for found in kept["figures"]] == ["Seq Scan on components", ""]
    assert all_of_them.figures_in(next(tmp_path.glob("*.json")))[0].name == "example: slow"
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told if "missed" in line] == ["slow"]
    assert told[-1].endswith("with what explains 1 of them")


def test_quick_form_names_every_measurement() -> None:
    assert sorted(all_of_them.QUICK) == measurements()


def test_page_names_every_measurement() -> None:
    page = (ROOT / "docs" / "BENCHMARKS.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.M))
    assert named == {name.replace("_", "-") for name in measurements()}


@pytest.mark.parametrize("name", measurements())
def test_quick_options_are_understood(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each option exists: what comes after them, --help, ends the parsing."""
    module = importlib.import_module(f"bench.{name}")
    monkeypatch.setattr("sys.argv", [name, *all_of_them.QUICK[name].split(), "--help"])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == 0

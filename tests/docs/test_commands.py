"""Commands, their options and the queues: the documents name those there are, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ananta.commands_page import PAGE, commands, page
from ananta.settings import ROOT, Plane

PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")} - {PAGE})
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUEUES = (ROOT / "docs" / "QUEUES.md").read_text(encoding="utf-8")
COMMANDS = commands()
PASS_ON = ("bin/ananta test", "bin/ananta bench")  # what follows is pytest's, or a measurement's


def called(text: str) -> Iterator[list[str]]:
    """The words of each ``bin/ananta …`` of a page, one entry for each way to read ``list\\|show``."""
    for line in re.findall(r"(?<!`python )\bbin/ananta ([^\s`)][^`#,;)\n]*)", text):
        words = re.sub(r"[\[\]]", " ", line).split()
        for first in words[0].split("\\|"):
            for second in words[1].split("\\|") if len(words) > 1 else [""]:
                yield ["bin/ananta", first, second, *words[2:]]


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run bin/ananta commands --write"


def test_every_option_says_what_it_is() -> None:
    silent = [
        f"{name} {parameter.opts}"
        for name, command in COMMANDS.items()
        for parameter in command.params
        if "--help" not in parameter.opts and not parameter.help
    ]
    assert silent == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_calls_exists(path: Path) -> None:
    for words in called(path.read_text(encoding="utf-8")):
        line = " ".join(words)
        groups = {name.rpartition(" ")[0] for name in COMMANDS}
        if " ".join(words[:2]) in groups and not re.fullmatch("[a-z]+", words[2]):
            continue  # `bin/ananta db` alone, the group
        name = next((name for name in (" ".join(words[:3]), " ".join(words[:2])) if name in COMMANDS), None)
        assert name, f"{path.name}: {line}"
        if name not in PASS_ON:
            there = {option for parameter in COMMANDS[name].params for option in parameter.opts}
            assert set(re.findall(r"(?<!\S)--[a-z-]+", line)) <= there, f"{path.name}: {line}"


def test_the_table_of_readme_has_every_command() -> None:
    rows = re.findall(r"^\| `(bin/ananta [^`]+)`([^|]*(?:\\\|[^|]*)*)", README, re.M)
    named = {" ".join(words[:2]) for row, _ in rows for words in called(row)}
    assert named == {" ".join(name.split()[:2]) for name in COMMANDS}


def test_the_table_of_queues_has_those_that_are_made_and_worked_off() -> None:
    listed = re.findall(r"^\| `(\w+)` \| (control|app) \|", QUEUES, re.M)
    made = [
        (queue, plane.value)
        for plane in Plane
        for queue in re.findall(r"pgmq\.create\('(\w+)'\)", (ROOT / "sql" / plane / "60_queues.sql").read_text())
    ]
    program = (ROOT / "workers" / "__main__.py").read_text(encoding="utf-8")
    worked_off = [(queue, plane) for plane, queue in re.findall(r"\b(?:make|calls)\((\w+), \"(\w+)\"", program)]
    assert sorted(listed) == sorted(made) == sorted(worked_off)

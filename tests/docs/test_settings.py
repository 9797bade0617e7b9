"""docs/SETTINGS.md is made of the settings, which are everything that the code reads."""

import re

from ananta.settings import ROOT
from ananta.settings_loading import OTHERS, form_of, variables
from ananta.settings_page import PAGE, page
from ananta.settings_types import FILE_SUFFIX, is_secret, told

NAME = re.compile(r"\bANANTA_[A-Z_]*[A-Z]\b")
SOURCES = [
    *(path for folder in ("ananta", "edge_api", "workers", "migrations") for path in (ROOT / folder).rglob("*.py")),
    ROOT / "bin" / "ananta",
    ROOT / ".ci" / "run",
]
KNOWN = (
    OTHERS.keys() | set(variables()) | {name + FILE_SUFFIX for name, field in variables().items() if is_secret(field)}
)
# Only these may look at the environment themselves: what they pass on, and what is none of ours.
READERS = {
    "ananta/embedded/postgres.py",
    "ananta/embedded/stack.py",
    "ananta/meta_cli.py",
    "ananta/settings_loading.py",
    "ananta/settings_types.py",
    "ananta/worker_cli.py",
}


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run bin/ananta settings --write"


def test_every_setting_says_what_it_is() -> None:
    for name, field in variables().items():
        assert field.description, name
        assert told(field, "users"), name
        assert form_of(field), name
        number = re.search(r"\b(int|float)\b", str(field.annotation))
        assert bool(told(field, "unit")) == bool(number) or name == "ANANTA_TRACES_RATIO", name


def test_what_is_named_like_a_secret_is_one() -> None:
    for name, field in variables().items():
        named = re.search(r"SECRET|PASSWORD|DATABASE_URL", name)
        assert bool(named) == is_secret(field), name


def test_the_code_names_no_other() -> None:
    named = {name: path for path in SOURCES for name in NAME.findall(path.read_text(encoding="utf-8"))}
    assert {name: str(path) for name, path in named.items() if name not in KNOWN | {"ANANTA_WEBHOOK_SECRET_FILE"}} == {}


def test_nobody_else_reads_the_environment() -> None:
    reading = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if path.suffix == ".py" and re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
    }
    assert reading == READERS


def test_prose_names_no_unknown_setting() -> None:
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        assert set(NAME.findall(path.read_text(encoding="utf-8"))) <= KNOWN, path.name

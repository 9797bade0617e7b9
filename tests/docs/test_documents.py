"""README and the other documents: paths and links exist, and README's calls answer what it shows."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from ananta.settings import ROOT
from tests.support.platform import Platform

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDERS = ["ananta", "edge_api", "workers", "migrations", "sql", "functions", "policies", "seeds", "tests", "deploy"]
# A path as it is written in prose: in our folders, or with an ending of ours.
PATH = re.compile(r"(?:[\w.-]+/)+[\w.{},-]*|[\w-]+\.(?:md|toml|yml|py|sql|json|lock)")
# Made by the guide, by a run, or by a command.
MADE = ("part_notes", "resolve_part_note", ".ananta/", "node_modules/", "/var/lib/", "my.csv")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    broken = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_paths_exist(page: Path) -> None:
    missing = [path for path in paths_in(page.read_text(encoding="utf-8")) if not exists(path, page)]
    assert missing == []


def paths_in(text: str) -> list[str]:
    """What stands in back-quotes and is a path of the checkout, with its braces written out."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    quoted = re.findall(r"`([^`\s]+)`", text)
    tops = {path.name for path in ROOT.iterdir()}
    written = [word for word in quoted if PATH.fullmatch(word) and not word.startswith(MADE)]
    ours = [word for word in written if word.split("/")[0] in tops or ("/" not in word and "." in word)]
    return [path for word in ours if not any(made in word for made in MADE) for path in braces(word)]


def braces(word: str) -> list[str]:
    match = re.search(r"\{([^}]*)\}", word)
    if not match:
        return [word]
    return [path for part in match[1].split(",") for path in braces(word[: match.start()] + part + word[match.end() :])]


def exists(path: str, page: Path) -> bool:
    """In the checkout, beside the page, or, for a bare name, anywhere in the folder the sentence speaks of."""
    if (ROOT / path).exists() or (page.parent / path).exists():
        return True
    return "/" not in path and any(next((ROOT / folder).rglob(path), None) for folder in FOLDERS)


def code(heading: str, language: str) -> list[str]:
    """The blocks of one language in README's first screen, or under a heading."""
    start = README.index(f"## {heading}") if heading else 0
    end = README.find("\n## ", start + 1)
    return re.findall(rf"^```{language}\n(.*?)^```$", README[start:end], re.S | re.M)


def run_shell(platform: Platform, script: str) -> str:
    """A block as a person would run it: in the checkout, at this platform."""
    script = script.replace("http://127.0.0.1:27500", platform.url)
    command = ["sh", "-eu", "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_first_call_answers_as_shown(platform: Platform) -> None:
    (call,), (answer,) = code("", "sh"), code("", "json")
    assert shlex.split(call)[0] == "curl"
    assert json.loads(run_shell(platform, call)) == json.loads(answer)


def test_steps_with_curl_end_as_shown(platform: Platform) -> None:
    heading = "From signup to a matched BOM, with curl"
    (steps,), (answer,) = code(heading, "sh"), code(heading, "json")
    shown = run_shell(platform, steps)
    assert '"status":"ready"' in shown
    assert json.loads(shown[shown.rindex("[{") :]) == json.loads(answer)


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda page: page.stem[:4])
def test_decisions_are_short_and_name_a_test(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    assert re.match(rf"# {int(page.name[:4])}\. ", text)
    for heading in ("## Context", "## Decision", "## Consequences", "## Enforced by"):
        assert heading in text
    enforced = text[text.index("## Enforced by") :]
    assert any((ROOT / path).is_file() for path in re.findall(r"`(tests/[^`]+\.py)`", enforced))


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_changelog_has_the_projects_version() -> None:
    version = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert version
    assert f"## [{version[1]}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text[:200]
    assert "END OF TERMS AND CONDITIONS" in text

"""The programs of docs/CLIENTS.md, as they stand there: each prints what the page shows."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ananta.settings import ROOT

PAGE = (ROOT / "docs" / "CLIENTS.md").read_text(encoding="utf-8")
CLIENTS = re.findall(r"^### (.*)$", PAGE, re.M)


def block(heading: str, language: str) -> str:
    """The first block of a language after a heading."""
    found = re.search(rf"^{re.escape(heading)}$.*?^```{language}\n(.*?)^```$", PAGE, re.S | re.M)
    assert found, heading
    return found[1]


def answers(text: str) -> list[Any]:
    """The JSON values a program printed, one after the other."""
    decoder, found, rest = json.JSONDecoder(), [], text.lstrip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    return found


SHOWN = answers(block("## One walk, four clients", "json"))


def output_of(command: list[str], environment: dict[str, str]) -> list[Any]:
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return answers(done.stdout)


def test_page_has_the_clients_people_know() -> None:
    assert CLIENTS == ["supabase-js", "supabase-py", "postgrest-py", "curl"]
    assert len(SHOWN) == 11


def test_supabase_js(environment: dict[str, str], node: Callable[..., list[str]], folder: Path) -> None:
    program = folder / "example.mjs"
    program.write_text(block("### supabase-js", "js"), encoding="utf-8")
    assert output_of(node(program), environment) == SHOWN


@pytest.mark.parametrize("client", ["supabase-py", "postgrest-py"])
def test_python(environment: dict[str, str], client: str) -> None:
    assert output_of([sys.executable, "-c", block(f"### {client}", "python")], environment) == SHOWN


def test_curl(environment: dict[str, str]) -> None:
    assert output_of(["sh", "-euc", block("### curl", "sh")], environment) == SHOWN


@pytest.mark.parametrize(
    ("package", "version"), re.findall(r"`pip install ([\w-]+)`.*?Tested with ([\d.]+\d)", PAGE, re.S)
)
def test_versions_of_python_packages_are_those_tested(package: str, version: str) -> None:
    assert f'"{package}=={version}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_version_of_supabase_js_is_the_one_tested() -> None:
    tested = json.loads((ROOT / "clients" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    about = PAGE[PAGE.index("### supabase-js") : PAGE.index("```js\n")]
    assert f"Tested with {tested['@supabase/supabase-js']}." in about

"""docs/ERRORS.md and the slugs in the code: neither has one that the other lacks."""

import ast
import re
from collections.abc import Iterator

import pytest

from ananta.settings import ROOT

PAGE = (ROOT / "docs" / "ERRORS.md").read_text(encoding="utf-8")
SLUG = re.compile(r"[a-z]+(_[a-z]+)*")
RAISED = re.compile(r"errcode\s*=\s*'PT(\d{3})'\s*,\s*message\s*=\s*'([^']*)'")
WITH_HEADERS = re.compile(r"'code',\s*'PT(\d{3})',\s*'message',\s*'([^']*)'")  # raise sqlstate 'PGRST'
FILES = [
    path for folder in ("ananta", "edge_api", "workers", "migrations") for path in sorted((ROOT / folder).rglob("*.py"))
]
# Where a slug stands in a call: the function, and which argument it is.
CALLS = {
    "ProblemError": 1,
    "refuse": 2,
    "_refused": 1,
    "error_body": 1,
    "MigrationError": 0,
    "BomFileError": 0,
    "LineWarning": 0,
    "warn": 1,
    "of_field": 1,
    "AdminError": 1,
    "_error": 2,
}
KEYWORDS = {"slug", "problem"}
TABLES = {"_REPAIRS"}  # dictionaries from slug to text
SECTIONS = {
    "From the database",
    "From the edges",
    "From the gateway",
    "On a failed BOM",
    "Warnings on BOM lines",
    "From the development issuer's admin API",
    "From `bin/ananta db`",
}


def rows(section: str) -> dict[str, str]:
    """Slug to the cell after it, of one section's table."""
    found = re.search(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", PAGE, re.S | re.M)
    assert found, section
    return dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]*) \|", found[1], re.M))


def documented() -> set[str]:
    return {slug for section in SECTIONS for slug in rows(section)}


def in_sql() -> dict[str, str]:
    """Slug to status, of every ``raise``."""
    found: dict[str, str] = {}
    for folder in ("functions", "sql", "policies", "seeds"):
        for path in (ROOT / folder).rglob("*.sql"):
            text = path.read_text(encoding="utf-8")
            raises = re.findall(r"\braise\s+(?:exception|sqlstate)\b", text)
            matches = RAISED.findall(text) + (WITH_HEADERS.findall(text) if "raise sqlstate 'PGRST'" in text else [])
            assert len(raises) == len(matches), f"{path}: raise with errcode 'PT4xx' and then a constant message"
            for status, slug in matches:
                assert found.setdefault(slug, status) == status, f"{slug} has two statuses"
    return found


def in_python() -> dict[str, set[str]]:
    """Slug to the files that have it."""
    found: dict[str, set[str]] = {}
    for path in FILES:
        for slug in slugs_of(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(slug, set()).add(path.relative_to(ROOT).as_posix())
    return found


def slugs_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
        elif isinstance(node, ast.Dict):
            yield from _in_error_body(node)
        elif isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "slug" for t in node.targets):
            yield from _constants(node.value)
        elif isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id in TABLES for t in node.targets):
            yield from (key.value for key in getattr(node.value, "keys", []) if is_slug(key))


def _in_call(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    position = CALLS.get(name)
    if position is not None and position < len(call.args):
        if name == "error_body" and not is_slug(call.args[1]):
            position = 0
        yield from _constants(call.args[position])
    if position is not None or name == "Quantity":
        for keyword in call.keywords:
            if keyword.arg in KEYWORDS:
                yield from _constants(keyword.value)


def _in_error_body(node: ast.Dict) -> Iterator[str]:
    """A literal ``{"code": …, "message": …}``: the slug is the message where the code is PT…, else the code."""
    pairs = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    if {"code", "message"} <= pairs.keys():
        yield from _constants(pairs["message"] if is_slug(pairs["message"]) else pairs["code"])


def is_slug(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SLUG.fullmatch(node.value))


def _constants(node: ast.expr) -> Iterator[str]:
    for child in ast.walk(node):
        if is_slug(child):  # type: ignore[arg-type]
            yield child.value  # type: ignore[attr-defined]


def test_every_slug_of_the_code_is_on_the_page() -> None:
    missing = {slug: sorted(files) for slug, files in in_python().items() if slug not in documented()}
    missing |= {slug: ["functions/"] for slug in in_sql() if slug not in documented()}
    assert missing == {}


def test_every_slug_of_the_page_is_in_the_code() -> None:
    assert documented() - in_sql().keys() - in_python().keys() == set()


def test_statuses_of_the_database_are_those_raised() -> None:
    assert {slug: cell.strip() for slug, cell in rows("From the database").items()} == in_sql()


def test_statuses_of_the_edges_are_those_answered() -> None:
    shown = rows("From the edges") | rows("From the gateway")
    for path in sorted((ROOT / "edge_api").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = getattr(call.func, "id", "")
            if name == "ProblemError" and isinstance(call.args[0], ast.Constant) and is_slug(call.args[1]):
                status, slug = call.args[0].value, call.args[1].value  # type: ignore[attr-defined]
            elif name == "refuse" and isinstance(call.args[1], ast.Constant):
                status, slug = call.args[1].value, call.args[2].value  # type: ignore[attr-defined]
            else:
                continue
            if slug in shown:
                assert shown[slug].strip() == str(status), f"{path.name}: {slug}"


@pytest.mark.parametrize("section", sorted(SECTIONS))
def test_tables_are_sorted_and_filled(section: str) -> None:
    slugs = list(rows(section))
    assert slugs
    assert slugs == sorted(slugs)


def test_every_table_is_known() -> None:
    found = set(re.findall(r"^## (.*)", PAGE, re.M)) - {"PostgreSQL's and PostgREST's own"}
    assert found == SECTIONS


def test_contracts_name_the_errors_their_functions_raise() -> None:
    """A function's comment lists what its own body raises (``Errors:``)."""
    silent: list[str] = []
    for path in sorted((ROOT / "functions").rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        body, _, contract = text.partition("comment on function")
        silent += [f"{path.relative_to(ROOT)}: {slug}" for _, slug in RAISED.findall(body) if slug not in contract]
    assert silent == []

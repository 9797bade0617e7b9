"""ARCHITECTURE.md, "How to add one feature end to end": its blocks, put where it says, are a sound database."""

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from ananta import database_setup, schema_lint
from ananta.catalogue import difference, snapshot
from ananta.settings import ROOT, Plane
from migrations.runner import build_from_declaration, upgrade
from migrations.writing import write_revision
from tests.conftest import PASSWORDS
from tests.support import exposure, exposure_checks

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
GUIDE = TEXT[TEXT.index("## How to add one feature end to end") :]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.S | re.M)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what declares the database, with the guide followed."""
    if (ROOT / "sql/app/30_tables/part_notes.sql").exists():
        pytest.skip("somebody is following the guide in this checkout: its feature is there")
    root = tmp_path_factory.mktemp("guide")
    for folder in ("sql", "functions", "policies", "migrations"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    table, policy, function, trigger, audited = blocks("sql")
    for path, text in (
        ("sql/app/30_tables/part_notes.sql", table),
        ("policies/app/part_notes.sql", policy),
        ("functions/app/public/resolve_part_note.sql", function),
    ):
        assert f"`{path}`" in GUIDE
        (root / path).write_text(text, encoding="utf-8")
    for path, text in (("functions/app/triggers.sql", trigger), ("functions/app/triggers_audit.sql", audited)):
        assert f"`{path}`" in GUIDE
        (root / path).write_text((root / path).read_text(encoding="utf-8") + text, encoding="utf-8")
    _, script = write_revision(Plane.APP, "part notes", root)
    head = script.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    script.write_text(head + table, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def databases(cluster: str) -> Iterator[tuple[str, str]]:
    """Two empty databases: one for the revisions, one for the declaration."""
    names = ("guide_upgraded", "guide_declared")
    with psycopg.connect(cluster, autocommit=True) as connection:
        for name in names:
            database_setup.create_database(connection, Plane.APP, name)
        first, second = (database_setup.migrator_dsn(cluster, name, PASSWORDS) for name in names)
        yield first, second
        for name in names:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_revision_and_declaration_agree(tree: Path, databases: tuple[str, str]) -> None:
    upgraded, declared = databases
    upgrade(Plane.APP, upgraded, root=tree)
    build_from_declaration(Plane.APP, declared, root=tree)
    with psycopg.connect(upgraded) as first, psycopg.connect(declared) as second:
        picture = snapshot(first)
        assert difference(picture, snapshot(second)) == []
    assert "table public.part_notes" in picture


def test_expected_set_is_complete(
    tree: Path, databases: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function, table = blocks("toml")
    declared = (ROOT / "tests" / "app" / "db" / "exposed.toml").read_text(encoding="utf-8")
    declared = declared.replace("[functions]\n", f"[functions]\n{function}") + table
    assert "part_notes" in tomllib.loads(declared)["tables"]
    target = tmp_path / "tests" / "app" / "db" / "exposed.toml"
    target.parent.mkdir(parents=True)
    target.write_text(declared, encoding="utf-8")
    monkeypatch.setattr(exposure, "ROOT", tmp_path)
    (row,) = blocks("markdown")
    page = tmp_path / "ERRORS.md"
    page.write_text(schema_lint.ERRORS_PAGE.read_text(encoding="utf-8") + row, encoding="utf-8")
    monkeypatch.setattr(schema_lint, "ERRORS_PAGE", page)
    exposure.rules.cache_clear()
    try:
        with psycopg.connect(databases[0], row_factory=dict_row) as connection:
            assert exposure_checks.exposure_findings(connection, Plane.APP) == []
            assert schema_lint.findings(connection) == []
    finally:
        exposure.rules.cache_clear()


def test_its_test_is_python() -> None:
    (test,) = blocks("python")
    compile(test, "test_part_notes.py", "exec")
    assert all(len(line) <= 120 for line in test.splitlines())


def test_its_error_row_fits_the_page() -> None:
    (row,) = blocks("markdown")
    assert re.fullmatch(r"\| `[a-z_]+` \| \d{3} \| [^|]+ \| [^|]+ \|\n", row)

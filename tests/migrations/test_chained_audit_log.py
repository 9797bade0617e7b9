"""The revision that chains the audit log keeps the entries from before, and the command says whether the log holds."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ananta import audit_cli
from ananta.settings import ROOT, Plane
from migrations.revisions import known_revisions, versions_folder
from migrations.runner import upgrade
from tests.migrations.conftest import MIGRATOR_PASSWORD, Database

ORGANIZATION = "00000000-0000-4000-8000-000000000001"
BEFORE = f"""
    insert into public.organizations (id, arc_saas_tenant_id, name, slug, plan_id) values
    ('{ORGANIZATION}', gen_random_uuid(), 'One', 'one', 'plan-basic');
    insert into public.audit_logs (organization_id, actor_id, action, table_name, row_id, after, created_at)
    select '{ORGANIZATION}', case n when 2 then gen_random_uuid() end, 'insert', 'projects', gen_random_uuid(),
        jsonb_build_object('n', n), timestamptz '2026-01-01' + make_interval(days => n)
    from generate_series(1, 3) as n;
"""  # noqa: S608

AS_SUPERUSER = "set session_replication_role = replica;"
EDIT = "update public.audit_logs set after = '{}' where number = 2 and table_name = 'organizations'"
CUT = f"""
    delete from public.audit_logs where organization_id = '{ORGANIZATION}' and number = 3;
    update private.audit_chains as c set last_number = 2, last_hash = l.hash from public.audit_logs as l
    where c.owner_id = '{ORGANIZATION}' and l.organization_id = c.owner_id and l.number = 2;
"""  # noqa: S608


def audit(*arguments: str) -> Result:
    result = CliRunner().invoke(audit_cli.app, list(arguments))
    assert MIGRATOR_PASSWORD not in result.output
    return result


def before_the_chain(root: Path) -> None:
    """A tree with the revisions before the chain's."""
    folder = versions_folder(Plane.APP, root)
    folder.mkdir(parents=True)
    for step in known_revisions(Plane.APP, ROOT):
        if "chained_audit_log" in step.path.name:
            return
        for path in (step.path, step.path.with_suffix(".sql")):
            shutil.copy(path, folder)
    raise AssertionError("no revision of that name")


def test_entries_from_before_begin_the_chain(new_database: Callable[[], Database], tmp_path: Path) -> None:
    database = new_database()
    before_the_chain(tmp_path)
    upgrade(Plane.APP, database.dsn, root=tmp_path)
    database.run(BEFORE)
    upgrade(Plane.APP, database.dsn)
    of_the_organization = f"organization_id = '{ORGANIZATION}' order by number"
    entries = "select number, actor_kind, after ->> 'n', created_at::date::text from public.audit_logs where "
    assert database.run(entries + of_the_organization) == [
        (1, "system", "1", "2026-01-02"),
        (2, "user", "2", "2026-01-03"),
        (3, "system", "3", "2026-01-04"),
    ]
    assert database.value("select audit_days from public.organizations") == 90
    assert database.value("select to_regclass('private.audit_logs_unchained') is null")
    assert database.run("select * from private.verify_audit_log()") == []


@pytest.fixture
def upgraded(new_database: Callable[[], Database]) -> Database:
    """A database with an organization and three entries of its own."""
    database = new_database()
    upgrade(Plane.APP, database.dsn)
    database.run(BEFORE.partition("insert into public.audit_logs")[0])
    for _ in range(2):
        database.run("update public.organizations set name = name || '.'")
    return database


def test_the_command_finds_an_edit_and_says_where(upgraded: Database, tmp_path: Path) -> None:
    url = ("app", "--url", upgraded.dsn)
    assert "app: 3 entries: the chain holds" in audit("verify", *url, "--tenant", "one").output
    noted = audit("heads", *url)
    assert {head["number"] for head in json.loads(noted.output)["app"] if head["owner_id"] == ORGANIZATION} == {3}
    (tmp_path / "heads.json").write_text(noted.output)
    assert audit("verify", *url, "--heads", str(tmp_path / "heads.json")).exit_code == 0
    upgraded.run(AS_SUPERUSER + CUT)
    assert audit("verify", *url).exit_code == 0
    cut = audit("verify", *url, "--heads", str(tmp_path / "heads.json"))
    assert (cut.exit_code, f"{ORGANIZATION}: entry 3" in cut.output) == (1, True)
    upgraded.run(AS_SUPERUSER + EDIT)
    edited = audit("verify", *url)
    assert edited.exit_code == 1
    assert f"app: {ORGANIZATION}: entry 2: changed" in edited.output


def test_an_unknown_tenant_is_no_verdict(upgraded: Database) -> None:
    result = audit("verify", "app", "--url", upgraded.dsn, "--tenant", "nobody")
    assert (result.exit_code, "tenant_unknown" in result.stderr) == (2, True)

"""The commands of docs/deploy/, run as they stand on servers as the pages describe them. In CI: a minute, and psql."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ananta.embedded.binaries import postgres_package
from ananta.settings import ROOT
from tests.migrations.elsewhere import MANAGED_DATABASES, like_supabase
from tests.support.clusters import DEBIAN_15, Cluster

pytestmark = pytest.mark.skipif(
    not os.environ.get("ANANTA_CI"),
    reason="they take a minute; enable them with psql on PATH and: ANANTA_CI=1 bin/ananta test tests/migrations",
)


def run_page(cluster: Cluster, page: str, folder: Path, administrator: str) -> str:
    """Run a page's block by bash, stopping at the first failure; gives what it printed."""
    (block,) = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs/deploy" / page).read_text(encoding="utf-8"), re.S | re.M)
    passwords = folder / "pgpass"
    passwords.touch(mode=0o600)
    environment = {
        **os.environ,
        "SERVER": f"127.0.0.1:{cluster.port}",
        "ADMIN": administrator,
        "SCRATCH": cluster.dsn(),
        "PGPASSFILE": str(passwords),
        "PATH": f"{os.environ['PATH']}:{DEBIAN_15 / 'bin'}",
    }
    assert shutil.which("psql", path=environment["PATH"]), "psql is not installed: apt-get install postgresql-client"
    command = ["bash", "-euo", "pipefail", "-c", block]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_on_a_postgresql_of_yours(tmp_path: Path) -> None:
    with Cluster(postgres_package(ROOT) / "native", superuser="postgres") as cluster:
        printed = run_page(cluster, "postgresql.md", tmp_path, "postgres")
    assert printed.count(": as declared") == 2
    assert "not compared" not in printed


def test_on_supabase(tmp_path: Path) -> None:
    with Cluster(postgres_package(ROOT) / "native") as cluster:
        like_supabase(cluster)
        printed = run_page(cluster, "supabase.md", tmp_path, "postgres")
    assert "schema auth is supabase_auth_admin's: left out" in printed
    assert printed.count(": as declared") == 1
    assert "not compared" not in printed


def test_on_a_managed_service(tmp_path: Path) -> None:
    with Cluster(postgres_package(ROOT) / "native") as cluster:
        cluster.run("create role console login createrole")
        for database in MANAGED_DATABASES.values():
            cluster.run(f"create database {database} owner console")
        printed = run_page(cluster, "managed.md", tmp_path, "console")
    assert printed.count(": as declared") == 2
    assert "not compared" not in printed

"""The databases: clock, migrations, queues, dead letters, halted workflows, files."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
from pydantic import SecretStr

from ananta.doctor.findings import Finding, fine, problem, skipped
from ananta.embedded import credentials, ports
from ananta.files import LocalFiles
from ananta.migrations_cli import Database
from ananta.settings import Plane, Settings
from migrations.connection import Connection, open_session
from migrations.runner import status, verify
from workers.database import WorkerDatabase
from workers.files.orphans import Looked, look

DRIFT_SECONDS = 1.0
WAITING_SECONDS = 60.0
_QUEUE = """
    select count(*), count(*) filter (where vt <= clock_timestamp()),
        coalesce(extract(epoch from clock_timestamp() - min(vt)), 0)::float8
    from {}
"""
_DEAD = "select queue, count(*), max(created_at)::timestamptz(0)::text from private.dead_letters group by 1 order by 1"
_HALTED = "select count(*) from tenant_management.workflows where status = 'halted'"


def plane_findings(base: Database) -> Iterator[Finding]:
    """Everything about one plane's database."""
    yield migrations(base)
    with closing(open_session(base.plane, base.url)) as connection:
        yield clock(base.plane, connection)
        yield queues(base.plane, connection)
        yield dead_letters(base.plane, connection)
        if base.plane is Plane.CONTROL:
            yield halted_workflows(connection)


def clock(plane: Plane, connection: Connection) -> Finding:
    """The database's clock against this machine's, half of the way there and back allowed for."""
    before = time.time()
    row = connection.execute("select extract(epoch from clock_timestamp())::float8").fetchone()
    after = time.time()
    drift = (row[0] if row else 0.0) - (before + after) / 2
    if abs(drift) <= DRIFT_SECONDS + (after - before) / 2:
        return fine(f"{plane} clock", f"the database's differs by {abs(drift):.3f} s")
    do = "keep both machines' clocks by NTP (`timedatectl set-ntp true`): tokens and leases are kept by them"
    return problem(f"{plane} clock", f"the database's is {drift:+.1f} s off this machine's", do)


def migrations(base: Database) -> Finding:
    """Nothing to apply, and the database is as declared."""
    check = f"{base.plane} migrations"
    found = status(base.plane, base.url)
    if not found.is_current:
        count = f"{len(found.pending)} revisions, {len(found.changed)} files"
        gone = f", {len(found.vanished)} files vanished" if found.vanished else ""
        return problem(check, f"to apply: {count}{gone}", f"`bin/ananta db upgrade {base.plane}`")
    verified = verify(base.plane, base.url, scratch_dsn=base.scratch_url)
    if not verified.is_ok:
        says = f"{len(verified.problems)} differences from the declaration, such as: {verified.problems[0]}"
        return problem(check, says, f"`bin/ananta db verify {base.plane}` lists them")
    return fine(check, f"revision {found.current}, " + (verified.skipped or "as declared"))


def queues(plane: Plane, connection: Connection) -> Finding:
    """No message waits long in sight of the worker."""
    said, late = [], []
    for (name,) in connection.execute("select queue_name from pgmq.meta order by 1").fetchall():
        query = sql.SQL(_QUEUE).format(sql.Identifier("pgmq", f"q_{name}"))
        length, visible, age = connection.execute(query).fetchone() or (0, 0, 0.0)
        said.append(f"{name} {length}")
        if visible and age > WAITING_SECONDS:
            late.append(f"{name}: {length} messages, {visible} wait in sight, the first of them for {age:.0f} s")
    if late:
        return problem(f"{plane} queues", "; ".join(late), "`bin/ananta logs worker`; `bin/ananta status`")
    return fine(f"{plane} queues", ", ".join(said))


def dead_letters(plane: Plane, connection: Connection) -> Finding:
    """Nothing was given up."""
    found = connection.execute(_DEAD).fetchall()
    if not found:
        return fine(f"{plane} dead letters", "none")
    said = "; ".join(f"{queue}: {count}, the last at {last}" for queue, count, last in found)
    return problem(f"{plane} dead letters", said, "`bin/ananta dead-letters list`, then replay or drop them")


def halted_workflows(connection: Connection) -> Finding:
    """No workflow waits for a person."""
    row = connection.execute(_HALTED).fetchone()
    count = row[0] if row else 0
    if not count:
        return fine("workflows", "none halted")
    return problem("workflows", f"{count} halted", "`bin/ananta workflows list`, then retry or cancel them")


def files(state_dir: Path, settings: Settings) -> Finding:
    """Every stored file has a row, and every row its file."""
    password = credentials.stored(state_dir).get("app_worker", "")
    url = f"postgresql://app_worker:{password}@127.0.0.1:{ports.recorded(state_dir)['postgres']}/supabase"
    looked = asyncio.run(_look(SecretStr(url), LocalFiles(state_dir / "files")))
    before = time.time() - settings.file_orphan_hours * 3600
    old = [orphan for orphan in looked.orphans if orphan.stored_at < before]
    if looked.missing:
        says = f"{len(looked.missing)} rows without their file, such as {'/'.join(map(str, looked.missing[0]))}"
        return problem("files", says, f"put them back into {state_dir / 'files'} from a backup")
    if old:
        says = f"{len(old)} files without a row are older than {settings.file_orphan_hours} hours"
        return problem(
            "files", says, "the worker removes them hourly, unless all are unknown: `bin/ananta logs worker`"
        )
    return fine("files", f"{looked.found} files, each with its row")


async def _look(url: SecretStr, store: LocalFiles) -> Looked:
    database = WorkerDatabase(url, "APP")
    async with database.running():
        return await look(database, store)


def unreachable(check: str, error: Exception) -> Finding:
    """The database runs and does not answer."""
    said = " ".join(str(error).split())
    name = type(error).__name__ if isinstance(error, psycopg.Error) else ""
    return problem(check, f"{name} {said}".strip(), "`bin/ananta logs postgres`")


def not_running(check: str) -> Finding:
    """There is nothing to ask."""
    return skipped(check, "not looked at: the platform does not run", "`bin/ananta up`, then ask again")

"""``bin/ananta db dump`` and ``restore``: the embedded databases out of one cluster and into another."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from ananta import dumps
from ananta.database_setup import DATABASES, prepare
from ananta.embedded import credentials, data_folder, disk, ports, private, run_state
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.embedded.stack import LOGIN_ROLES
from ananta.settings import Plane
from migrations.errors import MigrationError

Say = Callable[[str], None]


def dump(state_dir: Path, target: Path, programs: Path | None, say: Say) -> dumps.Manifest:
    """Write the databases into a file: those that run, or else of a server started for it, of ``programs`` if named."""
    if target.exists():
        raise EmbeddedError(f"{target} is there already", "name another file, or remove it")
    if not target.parent.is_dir():
        raise EmbeddedError(f"there is no folder {target.parent}", "make it, or name another one")
    private.begin()
    state = run_state.load(state_dir)
    if state is not None and state.is_alive():
        server = EmbeddedPostgres(state_dir, port=ports.recorded(state_dir)["postgres"])
        with _explained():
            return dumps.write(_dsns(server), target)
    with run_state.only_one(state_dir):
        server = EmbeddedPostgres(state_dir, programs=programs)
        if server.check_data() is None:
            raise EmbeddedError(f"there is no data in {server.data_dir}", "`bin/ananta up` makes it")
        disk.refuse_full(state_dir, server.place, target.parent)
        say(f"starting PostgreSQL {server.major} on {server.data_dir}")
        with server, _explained():
            _refuse_strange(server)
            prepare(server.dsn(), _passwords(state_dir), progress=_quietly)  # as every start does
            return dumps.write(_dsns(server), target)


def restore(state_dir: Path, source: Path, say: Say) -> data_folder.Kept | None:
    """Put a new cluster, made from a dump, in place of the data; gives where that is kept."""
    private.begin()
    manifest = dumps.read(source)
    with run_state.only_one(state_dir):
        before, server = EmbeddedPostgres(state_dir), EmbeddedPostgres(state_dir, data_name=data_folder.RESTORING)
        before.recover()
        server.recover()
        data_folder.finish_restore(before.data_dir)
        data_folder.remove_unfinished(state_dir, before.place)
        disk.refuse_full(state_dir, server.place)
        kept = data_folder.Kept.of(state_dir, before.data_dir)
        if kept is not None:
            say(f"the data of now stays in use until all is restored; then it is kept in {kept}")
        try:
            say(f"making a cluster of PostgreSQL {server.major} in {server.data_dir}")
            with server, _explained():
                prepare(server.dsn(), _passwords(state_dir), progress=_quietly)
                say(f"restoring {manifest.row_count} rows of PostgreSQL {manifest.server}, of {manifest.made_at}")
                dumps.load(_dsns(server), source, manifest, say)
        except BaseException:
            shutil.rmtree(server.data_dir, ignore_errors=True)
            raise
        data_folder.replace(before.data_dir, kept)
        data_folder.record(state_dir, before.data_dir)
        return kept


def _refuse_strange(server: EmbeddedPostgres) -> None:
    """A cluster without our databases gets none by being dumped."""
    with psycopg.connect(server.dsn()) as connection:
        there = {name for (name,) in connection.execute("select datname from pg_database").fetchall()}
    if missing := set(DATABASES.values()) - there:
        raise EmbeddedError(f"{server.data_dir} has no database {' and '.join(sorted(missing))}", "is it another's?")


def _dsns(server: EmbeddedPostgres) -> dict[Plane, str]:
    return {plane: server.dsn(database) for plane, database in DATABASES.items()}


def _passwords(state_dir: Path) -> Mapping[str, str]:
    secrets = credentials.ensure(state_dir, list(LOGIN_ROLES))
    return {role: secrets[role] for role in LOGIN_ROLES}


def _quietly(_line: str) -> None:
    """Progress that nobody reads."""


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, MigrationError) as error:
        said = re.sub(r"://[^@\s]*@", "://", " ".join(str(error).split()))
        raise EmbeddedError(
            said, "nothing was changed but what a start changes; see `bin/ananta logs postgres`"
        ) from error

"""What a revision's ``.py`` file says: run the ``.sql`` file beside it."""

from pathlib import Path
from typing import NoReturn

from alembic import op

from migrations.connection import Connection
from migrations.errors import MigrationError
from migrations.scripts import read_script, run_script, run_statements

LOCK_TIMEOUT = "3s"


def run_sql(python_file: str, *, autocommit: bool = False) -> None:
    """Run the revision's SQL in its transaction, or, with ``autocommit``, one statement at a time outside any.

    An autocommit revision that fails half-way is run again from its start: write it so that it can be
    (``drop index concurrently if exists`` before ``create index concurrently``).
    """
    context = op.get_context()
    assert context.config is not None  # noqa: S101 -- Alembic types it as optional; the runner always sets it
    plane = context.config.attributes["plane"]
    path = Path(python_file).with_suffix(".sql")
    name = f"migrations/{plane}/versions/{path.name}"
    if not path.is_file():
        raise MigrationError("revision_incomplete", "the revision has no .sql file", plane, path=name)
    script = read_script(path)
    if not autocommit:
        session = _driver_session()
        session.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        run_script(session, plane, name, script)
        return
    with context.autocommit_block():
        session = _driver_session()
        session.execute(f"set lock_timeout = '{LOCK_TIMEOUT}'")
        try:
            run_statements(session, plane, name, script)
        finally:
            session.execute("set lock_timeout = 0")


def _driver_session() -> Connection:
    connection: Connection | None = op.get_bind().connection.driver_connection
    assert connection is not None  # noqa: S101 -- a bind that is in use has its driver's connection
    return connection


def refuse_downgrade() -> NoReturn:
    """There is no way back: restore a backup, or go forward with the next revision."""
    raise MigrationError("downgrade_refused", "revisions only go forward: write the next one", "migrations")

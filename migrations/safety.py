"""What would undo row level security in a database that somebody else prepared."""

from pathlib import Path

from migrations.connection import Connection
from migrations.settings import with_role_names

_QUERY = Path(__file__).with_suffix(".sql")


def unsafe(connection: Connection) -> list[str]:
    """Roles that pass by policies, tables without forced ones: a sentence each, nothing when all is as it should be."""
    query = with_role_names(_QUERY.read_text(encoding="utf-8"))
    return [str(row[0]) for row in connection.execute(query.encode())]

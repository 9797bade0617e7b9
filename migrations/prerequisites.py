"""What somebody else has to do first: roles, and rights on what is a service's own."""

from pathlib import Path

from ananta.settings import ROOT, Plane
from migrations.connection import Connection
from migrations.errors import MigrationError
from migrations.settings import with_role_names

_CLUSTER = ROOT / "sql" / "cluster"
_QUERY = Path(__file__).with_suffix(".sql")


def roles_script() -> str:
    """What makes the roles, once a cluster."""
    return with_role_names((_CLUSTER / "roles.sql").read_text(encoding="utf-8"))


def database_script(plane: Plane) -> str:
    """What prepares one database, run in it."""
    script = with_role_names((_CLUSTER / "database.sql").read_text(encoding="utf-8"))
    return f"set ananta.plane = '{plane}';\n{script}reset ananta.plane;\n"


def missing(plane: Plane, connection: Connection) -> list[str]:
    """What is missing in a database, a sentence each."""
    query = with_role_names(_QUERY.read_text(encoding="utf-8"))
    connection.execute("select set_config('ananta.plane', %s, false)", (plane.value,))
    return [str(row[0]) for row in connection.execute(query.encode())]


def require(plane: Plane, connection: Connection) -> None:
    """Refuse to begin what would stop half-way, naming all that is missing at once."""
    if sentences := missing(plane, connection):
        raise MigrationError(
            "administrator_needed",
            "; ".join(sentences),
            plane,
            hint=f"have its owner or an administrator run in this database what `bin/ananta db roles {plane}` prints",
        )

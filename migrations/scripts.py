"""Running the text of ``.sql`` files as it stands."""

import hashlib
import re
from itertools import pairwise
from pathlib import Path

import psycopg

from ananta.settings import Plane
from migrations.connection import Connection
from migrations.errors import from_database
from migrations.foreign import without_foreign
from migrations.settings import with_role_names

_TOKEN = re.compile(
    r"""--[^\n]*                                # line comment
      | /\*.*?\*/                               # block comment
      | \b[eE]'(?:[^'\\]|\\.|'')*'              # string with escapes
      | '(?:[^']|'')*'                          # string
      | "(?:[^"]|"")*"                          # quoted name
      | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$         # dollar-quoted body
      | ;
    """,
    re.DOTALL | re.VERBOSE,
)


def read_script(path: Path) -> str:
    """The text of a file with line ends normalised, so that a checkout's settings change no checksum."""
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def checksum(script: str) -> str:
    """The identity of a script's text."""
    return hashlib.sha256(script.encode()).hexdigest()


def without_comments(script: str) -> str:
    """The script with its comments blanked out, everything else on its line and column."""

    def blank(token: re.Match[str]) -> str:
        is_comment = token[0].startswith(("--", "/*"))
        return re.sub(r"[^\n]", " ", token[0]) if is_comment else token[0]

    return _TOKEN.sub(blank, script)


def split_statements(script: str) -> list[tuple[int, str]]:
    """The statements of a script, each with the line where it starts."""
    ends = [token.end() for token in _TOKEN.finditer(script) if token[0] == ";"]
    bare = without_comments(script)
    statements = []
    for start, end in pairwise([0, *ends, len(script)]):
        indent = len(bare[start:end]) - len(bare[start:end].lstrip())
        if bare[start:end].strip(" \t\n;"):
            statements.append((script.count("\n", 0, start + indent) + 1, script[start + indent : end]))
    return statements


def run_script(connection: Connection, plane: Plane, path: str, script: str) -> None:
    """Run a whole file in the transaction at hand, over the simple protocol: no parameters, ``%`` stays ``%``.

    Few of PostgreSQL's errors carry a position in the text. After one that does not, the file is gone through again
    statement by statement, to say on which line the trouble is.
    """
    script = without_foreign(connection, with_role_names(script))
    try:
        with connection.transaction():
            connection.execute(script.encode())
    except psycopg.Error as error:
        if error.diag.statement_position or connection.closed or "begin atomic" in script.lower():
            raise from_database(error, plane, path, script) from error
        with connection.transaction():
            run_statements(connection, plane, path, script)


def run_statements(connection: Connection, plane: Plane, path: str, script: str) -> None:
    """Run a file one statement at a time, as what refuses a transaction needs it (``create index concurrently``)."""
    for line, statement in split_statements(without_foreign(connection, with_role_names(script))):
        try:
            connection.execute(statement.encode())
        except psycopg.Error as error:
            failure = from_database(error, plane, path, statement)
            failure.line = line - 1 + (failure.line or 1)
            raise failure from error

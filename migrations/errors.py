"""What can go wrong while migrating, said so that an operator can act on it."""

from dataclasses import dataclass

import psycopg


@dataclass
class MigrationError(Exception):
    """A migration did not happen; ``slug`` is stable, the text names plane, file, line and cause."""

    slug: str
    message: str
    plane: str
    path: str | None = None
    line: int | None = None
    sqlstate: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """One line: ``app: functions/app/public/x.sql:12: 42703: column "y" does not exist``."""
        place = f"{self.path}:{self.line}" if self.path and self.line else self.path
        parts = [self.plane, place, self.sqlstate, self.message]
        text = ": ".join(part for part in parts if part)
        return f"{text} ({self.hint})" if self.hint else text


_HINTS = {
    "55P03": "another transaction holds a lock for too long; run the upgrade again when it has ended",
    "42501": "`bin/ananta db roles` prints what an administrator runs first",
}


def from_database(error: psycopg.Error, plane: str, path: str, script: str) -> MigrationError:
    """The error of a script, with the line that PostgreSQL's position points at."""
    diagnostic = error.diag
    position = diagnostic.statement_position
    line = script.count("\n", 0, int(position) - 1) + 1 if position else None
    details = [diagnostic.message_primary or str(error), diagnostic.message_detail]
    if diagnostic.context:
        details.append(f"at {diagnostic.context.splitlines()[0]}")
    return MigrationError(
        slug="script_failed",
        message="; ".join(detail for detail in details if detail),
        plane=plane,
        path=path,
        line=line,
        sqlstate=error.sqlstate,
        hint=diagnostic.message_hint or _HINTS.get(error.sqlstate or ""),
    )

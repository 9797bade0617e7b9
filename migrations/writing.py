"""Making the next numbered pair of files."""

import re
from pathlib import Path

from ananta.settings import ROOT, Plane
from migrations.errors import MigrationError
from migrations.revisions import known_revisions, versions_folder

_PYTHON = '''"""{title}."""

from migrations.revision import refuse_downgrade, run_sql

revision = "{number}"
down_revision = {previous}


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql(__file__)


def downgrade() -> None:
    """Refuse: revisions only go forward."""
    refuse_downgrade()
'''
_SQL = """-- {title}: say here why, in one to three lines.
-- Change sql/ alike. It runs in one transaction; an index made concurrently needs run_sql(__file__, autocommit=True).
"""


def write_revision(plane: Plane, message: str, root: Path = ROOT) -> tuple[Path, Path]:
    """Make ``NNNN_<slug>.py`` and ``.sql`` after the newest revision; gives their paths."""
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:60].rstrip("_")
    if not slug:
        raise MigrationError("message_empty", "a revision needs a message of some letters", plane)
    known = known_revisions(plane, root)
    previous = known[-1].number if known else None
    number = f"{int(previous or 0) + 1:04d}"
    title = " ".join(message.split()).replace('"', "'").replace("\\", "/").rstrip(".")
    python = versions_folder(plane, root) / f"{number}_{slug}.py"
    python.parent.mkdir(parents=True, exist_ok=True)
    quoted = f'"{previous}"' if previous else None
    python.write_text(_PYTHON.format(title=title, number=number, previous=quoted), encoding="utf-8")
    script = python.with_suffix(".sql")
    script.write_text(_SQL.format(title=title), encoding="utf-8")
    return python, script

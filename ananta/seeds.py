"""Loads what every installation ships with: plans and vocabularies (SQL), and the starter catalogue (CSV)."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from ananta.settings import ROOT, Plane
from migrations.settings import role

SEEDS = ROOT / "seeds"
CATALOGUE_FILES = ("manufacturers", "manufacturer_aliases", "vendors", "parts", "vendor_parts")

Progress = Callable[[str], None]


def load(plane: Plane, dsn: str, *, progress: Progress = lambda _: None) -> None:
    """Apply the seed files that changed since they were last applied, in one transaction."""
    with psycopg.connect(dsn) as connection:
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role("ananta_owner"))))
        connection.execute("select pg_advisory_xact_lock(hashtext('ananta seeds'))")
        for path in (*sorted((SEEDS / "shared").glob("*.sql")), *sorted((SEEDS / plane).glob("*.sql"))):
            if _is_new(connection, path.relative_to(ROOT).as_posix(), path.read_bytes()):
                progress(f"seeding {plane}: {path.name}")
                connection.execute(path.read_bytes())
        is_new = plane is Plane.APP and _load_catalogue(connection, progress)
    if is_new:
        # Not for autovacuum a minute later: without statistics the first BOM's suggestions take minutes.
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(role("ananta_owner"))))
            connection.execute("vacuum (analyze) public.catalogue_parts")


def _load_catalogue(connection: psycopg.Connection, progress: Progress) -> bool:
    folder = SEEDS / "catalogue"
    paths = [folder / f"{name}.csv" for name in CATALOGUE_FILES]
    script = (folder / "load.sql").read_bytes()
    if not _is_new(connection, "seeds/catalogue", script + b"".join(path.read_bytes() for path in paths)):
        return False
    progress("seeding app: starter catalogue")
    for path in paths:
        _copy_csv(connection, f"seed_{path.stem}", path)
    connection.execute(script)
    return True


def _copy_csv(connection: psycopg.Connection, table: str, path: Path) -> None:
    header = path.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    columns = ", ".join(f"{name} text" for name in header)
    connection.execute(f"create temporary table {table} ({columns}) on commit drop".encode())
    with connection.cursor().copy(f"copy {table} from stdin (format csv, header true)".encode()) as copy:
        copy.write(path.read_bytes())


def _is_new(connection: psycopg.Connection, name: str, content: bytes) -> bool:
    row = connection.execute(
        "insert into private.seed_files as s (name, checksum) values (%s, %s)"
        " on conflict (name) do update set checksum = excluded.checksum, applied_at = now()"
        " where s.checksum <> excluded.checksum returning true",
        (name, hashlib.sha256(content).hexdigest()),
    ).fetchone()
    return row is not None

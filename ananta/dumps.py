"""The rows of both databases as one file, for a PostgreSQL of another major or for a backup.

Rows only: tables, functions and roles are this checkout's own, made anew by its migrations. So it needs no pg_dump,
which PostgreSQL's npm package lacks. The file is a zip: ``manifest.json``, and what COPY writes of each table.
"""

import json
import os
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from ananta.embedded.errors import EmbeddedError
from ananta.settings import Plane
from migrations.revisions import known_revisions

FORMAT = 1
MANIFEST = "manifest.json"
BLOCK_BYTES = 1024 * 1024
Connection = psycopg.Connection[tuple[Any, ...]]
Dsns = Mapping[Plane, str]
Say = Callable[[str], None]

_TABLES = """
    select n.nspname, c.relname, array_agg(a.attname::text order by a.attnum)
    from pg_catalog.pg_class as c
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't' and a.attgenerated = ''
        and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
        and not exists (
            select from pg_catalog.pg_depend as d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
        )
    group by n.nspname, c.relname
    order by n.nspname, c.relname
"""
_SEQUENCES = "select schemaname, sequencename, last_value from pg_catalog.pg_sequences where last_value is not null"
_AUDIT_MONTHS = "select distinct date_trunc('month', expires_on)::date::text from {} order by 1"


@dataclass(frozen=True)
class Table:
    """A table in a dump: its columns, how many rows, and the entry that holds them."""

    schema: str
    name: str
    columns: list[str]
    rows: int
    entry: str

    @property
    def full_name(self) -> str:
        """``schema.table``."""
        return f"{self.schema}.{self.name}"


@dataclass
class PlaneDump:
    """What a dump says of one database."""

    revision: str
    tables: list[Table]
    sequences: list[tuple[str, str, int]]
    audit_months: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Manifest:
    """What a dump says of itself."""

    server: str
    made_at: str
    planes: dict[Plane, PlaneDump]

    @property
    def row_count(self) -> int:
        """All rows."""
        return sum(table.rows for plane in self.planes.values() for table in plane.tables)


def write(dsns: Dsns, target: Path) -> Manifest:
    """Write both databases, each as it is at one moment; the file is there whole or not at all."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                manifest = _write(dsns, archive)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def read(source: Path) -> Manifest:
    """What a dump holds; refuses a file that is none, is damaged, or is of other revisions than this checkout's."""
    try:
        with zipfile.ZipFile(source) as archive:
            damaged = archive.testzip()
            content = json.loads(archive.read(MANIFEST))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise EmbeddedError(f"{source} is no dump of `bin/ananta db dump`: {error}") from None
    if damaged or content.get("format") != FORMAT:
        raise EmbeddedError(f"{source} is damaged, or of another format", "take another dump")
    planes = {Plane(name): _plane(found) for name, found in content["planes"].items()}
    for plane, found in planes.items():
        head = known_revisions(plane)[-1].number
        if found.revision != head:
            raise EmbeddedError(
                f"{source} is of revision {found.revision} of the {plane} plane, this checkout of {head}",
                "restore it with the version of the checkout that made it, then update the checkout and start it",
            )
    return Manifest(content["server"], content["made_at"], planes)


def load(dsns: Dsns, source: Path, manifest: Manifest, say: Say) -> None:
    """Put a dump's rows in place of what two migrated databases hold, each in one transaction."""
    with zipfile.ZipFile(source) as archive:
        for plane, dump in manifest.planes.items():
            with psycopg.connect(dsns[plane]) as connection:
                _load(connection, archive, dump, say)
            with psycopg.connect(dsns[plane], autocommit=True) as connection:
                connection.execute("analyze")


def _plane(content: dict[str, Any]) -> PlaneDump:
    tables = [Table(**table) for table in content["tables"]]
    sequences = [(schema, name, value) for schema, name, value in content["sequences"]]
    return PlaneDump(content["revision"], tables, sequences, content["audit_months"])


def _write(dsns: Dsns, archive: zipfile.ZipFile) -> Manifest:
    planes, server = {}, ""
    for plane, dsn in dsns.items():
        with psycopg.connect(dsn) as connection:
            connection.execute("set transaction isolation level repeatable read, read only")
            connection.execute("set local row_security = off")  # all rows, or an error
            planes[plane] = _write_plane(connection, plane, archive)
            server = str(connection.info.parameter_status("server_version"))
    manifest = Manifest(server, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", planes)
    content = {"format": FORMAT, "server": server, "made_at": manifest.made_at}
    archive.writestr(MANIFEST, json.dumps({**content, "planes": {p: asdict(found) for p, found in planes.items()}}))
    return manifest


def _write_plane(connection: Connection, plane: Plane, archive: zipfile.ZipFile) -> PlaneDump:
    tables = []
    for schema, name, columns in connection.execute(_TABLES).fetchall():
        entry = f"{plane}/{schema}.{name}.copy"
        query = sql.SQL("copy (select {} from {}) to stdout").format(_columns(columns), sql.Identifier(schema, name))
        tables.append(Table(schema, name, columns, _copy_out(connection, query, archive, entry), entry))
    sequences = connection.execute(_SEQUENCES).fetchall()
    audit_log = _value(connection, "select private.audit_log_table()::text")
    months = connection.execute(sql.SQL(_AUDIT_MONTHS).format(_identifier(audit_log))).fetchall()
    revision = _value(connection, "select version_num from private.schema_revisions")
    return PlaneDump(revision, tables, [(s, n, v) for s, n, v in sequences], [month for (month,) in months])


def _copy_out(connection: Connection, query: sql.Composed, archive: zipfile.ZipFile, entry: str) -> int:
    """Gives the number of rows: in COPY's text every line is one."""
    count = 0
    with archive.open(entry, "w", force_zip64=True) as out, connection.cursor().copy(query) as copy:
        for block in copy:
            out.write(block)
            count += bytes(block).count(b"\n")
    return count


def _load(connection: Connection, archive: zipfile.ZipFile, dump: PlaneDump, say: Say) -> None:
    """Triggers and foreign keys rest meanwhile: the rows were consistent when they were dumped."""
    connection.execute("set local session_replication_role = replica")
    for month in dump.audit_months:
        connection.execute("select private.make_audit_partition(%s::date)", (month,))
    there = {(schema, name): columns for schema, name, columns in connection.execute(_TABLES).fetchall()}
    tables = sql.SQL(", ").join(sql.Identifier(*table) for table in there)
    connection.execute(sql.SQL("truncate {}").format(tables))
    for table in dump.tables:
        columns = there.get((table.schema, table.name))
        if columns is None:
            say(f"left out: {table.full_name} is none of this product's ({table.rows} rows, in the dump)")
            continue
        if unknown := set(table.columns) - set(columns):
            raise EmbeddedError(f"{table.full_name} has no column {', '.join(sorted(unknown))} any more")
        _copy_in(connection, archive, table)
    for schema, name, value in dump.sequences:
        connection.execute("select setval(to_regclass(%s), %s)", (f'"{schema}"."{name}"', value))


def _copy_in(connection: Connection, archive: zipfile.ZipFile, table: Table) -> None:
    name = sql.Identifier(table.schema, table.name)
    cursor = connection.cursor()
    query = sql.SQL("copy {} ({}) from stdin").format(name, _columns(table.columns))
    with archive.open(table.entry) as rows, cursor.copy(query) as copy:
        while block := rows.read(BLOCK_BYTES):
            copy.write(block)
    if cursor.rowcount != table.rows:
        raise EmbeddedError(f"{table.full_name}: {cursor.rowcount} rows of {table.rows} were restored")


def _columns(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _identifier(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split("."))


def _value(connection: Connection, query: str) -> str:
    row = connection.execute(query.encode()).fetchone()
    return str(row[0]) if row else ""

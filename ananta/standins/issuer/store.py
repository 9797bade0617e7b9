"""The issuer's SQLite file: transactions, one writer at a time, every commit on disk."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

from ananta.standins.issuer.schema import SCHEMA

_BUSY_SECONDS = 30.0


class Store:
    """A pool of connections to one file, which its owner alone may read (it holds the realms' private keys)."""

    def __init__(self, path: Path) -> None:
        """Open or create the file and its tables."""
        self._path = path
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        connection = self._connect()
        connection.executescript(SCHEMA)
        self._idle.put(connection)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A transaction that sees one state and changes nothing."""
        with self._transaction("begin deferred") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is alone from its first statement, committed whole or not at all."""
        with self._transaction("begin immediate") as connection:
            yield connection

    def close(self) -> None:
        """Close the idle connections."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.get_nowait()
        except Empty:
            connection = self._connect()
        try:
            connection.execute(begin)
            yield connection
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        finally:
            self._idle.put(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")
        return connection

"""Functions of the database with other words in them, for as long as a test looks whether that is noticed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg


@contextmanager
def mutated(db: psycopg.Connection[dict[str, Any]], changes: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[None]:
    """Replaces, in each function by its signature, words that must be there once."""
    kept = []
    try:
        for function, pairs in changes.items():
            row = db.execute("select pg_get_functiondef(%s::regprocedure) as text", (function,)).fetchone()
            text = str((row or {})["text"])
            kept.append(text)
            for right, wrong in pairs:
                assert text.count(right) == 1
                text = text.replace(right, wrong)
            db.execute(text.encode())
        yield
    finally:
        for text in kept:
            db.execute(text.encode())

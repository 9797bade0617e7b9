"""Letting a file go and uploading it again cannot overtake each other."""

import uuid
from typing import Any

import psycopg
import pytest

from ananta import database_setup
from ananta.settings import Plane


def test_second_waits_for_the_first(app_db: psycopg.Connection[dict[str, Any]], cluster: str) -> None:
    file = (uuid.uuid4(), "0" * 64)
    app_db.execute("select private.lock_file(%s, %s)", file)
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=database_setup.DATABASES[Plane.APP])
    with psycopg.connect(dsn) as other:
        other.execute("set lock_timeout = '200ms'")
        other.execute("select private.lock_file(%s, %s)", (file[0], "1" * 64))
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("select private.lock_file(%s, %s)", file)

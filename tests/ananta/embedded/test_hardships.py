"""A power cut and a full disk: what was confirmed is kept, and the message says what is wrong."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ananta.embedded import disk, processes
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import ROOT

DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
SMALL, ENLARGED = "130m", "400m"
ROW = "insert into written values (%s, (select string_agg(md5(random()::text), '') from generate_series(1, %s)))"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A cluster as users have it, on a small disk of its own where one can be made."""
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("hardships") / "state")
    postgres.place.mkdir(parents=True)
    is_mounted = mount(postgres.place, f"size={SMALL},mode=755")
    try:
        with psycopg.connect(postgres.start(), autocommit=True) as connection:
            connection.execute("create table written (number bigint primary key, content text)")
        yield postgres
    finally:
        postgres.stop()
        if is_mounted:
            subprocess.run(["umount", "--lazy", postgres.place], check=True)
        postgres.destroy()


def mount(place: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def write(dsn: str, confirmed: list[int], step: int, blocks: int = 1) -> None:
    """Insert until the server is gone or refuses, noting what it confirmed."""
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while True:
                number = len(confirmed) * 8 + step
                connection.execute(ROW, (number, blocks))
                confirmed.append(number)
    except psycopg.Error:
        return


def kept(dsn: str) -> set[int]:
    with psycopg.connect(dsn) as connection:
        return {number for (number,) in connection.execute("select number from written").fetchall()}


def test_every_confirmed_row_outlives_a_power_cut(cluster: EmbeddedPostgres) -> None:
    dsn = cluster.dsn()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for setting in DURABLE:  # a file in the data folder does not weaken what the start says
            connection.execute(f"alter system set {setting} = off".encode())
    confirmed: list[list[int]] = [[], [], []]
    writers = [threading.Thread(target=write, args=(dsn, done, step)) for step, done in enumerate(confirmed)]
    for writer in writers:
        writer.start()
    assert processes.wait_until(lambda: all(len(done) > 30 for done in confirmed), 20)
    assert cluster.pid
    for pid in [cluster.pid, *processes.postgres_in(cluster.data_dir)]:
        processes.signal_quietly(pid, signal.SIGKILL)
    for writer in writers:
        writer.join()
    cluster.stop()
    dsn = cluster.start()
    assert {number for done in confirmed for number in done} - kept(dsn) == set()
    with psycopg.connect(dsn) as connection:
        query = "select name, setting from pg_settings where name = any(%s)"
        assert dict(connection.execute(query, (list(DURABLE),)).fetchall()) == DURABLE


def test_a_full_disk_loses_nothing_and_is_said(cluster: EmbeddedPostgres) -> None:
    if not cluster.place.is_mount():
        reason = "a small disk cannot be mounted here; enable this test by running as root of a machine"
        if os.environ.get("ANANTA_CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    dsn = cluster.dsn()
    confirmed: list[int] = []
    end = time.monotonic() + 30
    while len(confirmed) == 0 or disk.full(cluster.place) is None:
        write(dsn, confirmed, 7, 2000)
        assert time.monotonic() < end
    write(dsn, confirmed, 7, 2000)
    cluster.stop()
    assert confirmed

    environment = os.environ | {"PYTHONPATH": str(ROOT), "ANANTA_STATE_DIR": str(cluster.state_dir)}
    command = [sys.executable, "-P", "-m", "ananta", "up", "--port", str(processes.free_port())]
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"error: the disk of {cluster.place} is full:")
    assert "make room" in refused.stderr

    subprocess.run(["mount", "-o", f"remount,size={ENLARGED}", cluster.place], check=True)
    assert set(confirmed) - kept(cluster.start()) == set()

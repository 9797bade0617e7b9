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


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A cluster as users have it."""
    postgres = EmbeddedPostgres(tmp_path / "state")
    try:
        yield postgres
    finally:
        postgres.destroy()


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
    dsn = cluster.start()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table written (number bigint primary key, content text)")
        for setting in DURABLE:  # a file in the data folder does not weaken what the start says
            connection.execute(f"alter system set {setting} = off".encode())
    confirmed: list[list[int]] = [[], [], []]
    writers = [threading.Thread(target=write, args=(dsn, done, step)) for step, done in enumerate(confirmed)]
    for writer in writers:
        writer.start()
    assert processes.wait_until(lambda: all(len(done) > 30 for done in confirmed), 20)
    for pid in [cluster.pid, *processes.processes_in(cluster.data_dir)]:
        processes.signal_quietly(pid or 0, signal.SIGKILL)
    for writer in writers:
        writer.join()
    cluster.stop()
    dsn = cluster.start()
    assert {number for done in confirmed for number in done} - kept(dsn) == set()
    with psycopg.connect(dsn) as connection:
        query = "select name, setting from pg_settings where name = any(%s)"
        assert dict(connection.execute(query, (list(DURABLE),)).fetchall()) == DURABLE


def mount(place: Path, options: str) -> None:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (
            f"a small disk cannot be made ({done.stderr.strip()}); enable this test by running as root of a machine"
        )
        if os.environ.get("ANANTA_CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture
def small_disk(cluster: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    """The cluster on a disk of its own."""
    cluster.place.mkdir(parents=True)
    mount(cluster.place, f"size={SMALL},mode=755")
    try:
        yield cluster
    finally:
        cluster.stop()
        subprocess.run(["umount", "--lazy", cluster.place], check=True)


def test_a_full_disk_loses_nothing_and_is_said(small_disk: EmbeddedPostgres) -> None:
    dsn = small_disk.start()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table written (number bigint primary key, content text)")
    confirmed: list[int] = []
    end = time.monotonic() + 30
    while len(confirmed) == 0 or disk.full(small_disk.place) is None:
        write(dsn, confirmed, 0, 2000)
        assert time.monotonic() < end
    write(dsn, confirmed, 0, 2000)
    small_disk.stop()
    assert confirmed

    environment = os.environ | {"PYTHONPATH": str(ROOT), "ANANTA_STATE_DIR": str(small_disk.state_dir)}
    command = [sys.executable, "-P", "-m", "ananta", "up", "--port", str(processes.free_port())]
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"error: the disk of {small_disk.place} is full:")
    assert "make room" in refused.stderr

    subprocess.run(["mount", "-o", f"remount,size={ENLARGED}", small_disk.place], check=True)
    assert set(confirmed) - kept(small_disk.start()) == set()

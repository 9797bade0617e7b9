"""Worker processes on a cluster of a test's own, some of whose messages are poison."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from ananta.database_setup import DATABASES
from ananta.settings import ROOT, Plane
from tests.conftest import PASSWORDS


def worker_url(cluster: str, plane: Plane) -> str:
    """How a worker logs in at a plane's database."""
    role = f"{plane}_worker"
    return psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[plane], user=role, password=PASSWORDS[role])


def environment_for(cluster: str, state_dir: Path) -> dict[str, str]:
    """What a worker of this cluster reads; its mails and files go into ``state_dir``."""
    return dict(os.environ) | {
        "ANANTA_STATE_DIR": str(state_dir),
        "ANANTA_CONTROL_WORKER_DATABASE_URL": worker_url(cluster, Plane.CONTROL),
        "ANANTA_APP_WORKER_DATABASE_URL": worker_url(cluster, Plane.APP),
        "ANANTA_WEBHOOK_SECRET": "whsec_" + "c2VjcmV0" * 6,
        "ANANTA_IDENTITY_ADMIN_SECRET": "secret",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def restarted(environment: dict[str, str], log: Path) -> Iterator[list[int]]:
    """A poisoned worker that is started again whenever it ends; gives its exit codes so far."""
    command = [sys.executable, "-P", "-m", "tests.support.poisoned_worker"]
    codes: list[int] = []
    stop = threading.Event()

    def keep() -> None:
        while not stop.is_set():
            with log.open("ab") as output:
                child = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=ROOT)
            while child.poll() is None and not stop.wait(0.05):
                pass
            if child.poll() is None:
                child.terminate()
            codes.append(child.wait())

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield codes
    finally:
        stop.set()
        keeper.join()

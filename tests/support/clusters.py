"""Clusters of any major version; each may have a copy of the programs, so that a test can add an extension."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import conninfo

from ananta.embedded import processes

SUPERUSER = "supabase_admin"
DEBIAN_15 = Path("/usr/lib/postgresql/15")


@dataclass
class Cluster:
    """A cluster of the programs in ``native`` (``bin``, ``lib``, ``share``), gone at the end."""

    native: Path
    superuser: str = SUPERUSER
    is_copied: bool = True

    def __post_init__(self) -> None:
        """Choose place and port."""
        self.place = Path(tempfile.mkdtemp(prefix="ananta-cluster-"))
        self.port = processes.free_port()
        user = processes.unprivileged_user()
        self._as_user: dict[str, Any] = {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
        self.place.chmod(0o755)
        if user:
            os.chown(self.place, user.uid, user.gid)

    def __enter__(self) -> Self:
        """Make it and start it."""
        try:
            programs = self.native
            if self.is_copied:
                programs = self.place / "programs"
                shutil.copytree(self.native, programs, symlinks=True, copy_function=_link)
                programs.chmod(0o755)
            self.programs = programs
            self._run(
                "initdb", "-D", "data", "-U", self.superuser, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"
            )
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop it and remove it."""
        if (self.place / "data" / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.place, ignore_errors=True)

    def start(self) -> None:
        """Start the server."""
        options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -p {self.port}"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self, mode: str) -> None:
        """Stop it; the data stays."""
        self._run("pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def dsn(self, database: str = "postgres", user: str | None = None) -> str:
        """A connection string; every login is trusted."""
        return f"postgresql://{user or self.superuser}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres", user: str | None = None) -> list[tuple[Any, ...]]:
        """Run something, as the superuser where nobody else is named."""
        with psycopg.connect(conninfo.make_conninfo(self.dsn(database, user)), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / "bin" / program), *arguments]
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        with (self.place / f"{program}.out").open("wb") as out:
            done = subprocess.run(
                command, check=False, cwd=self.place, stdout=out, stderr=out, env=environment, **self._as_user
            )
        if done.returncode:
            raise RuntimeError((self.place / f"{program}.out").read_text(encoding="utf-8", errors="replace"))


def _link(source: str, target: str) -> None:
    """Share a file where that is possible: a copy of all programs takes a second."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)

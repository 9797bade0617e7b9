"""The embedded PostgreSQL: one cluster on the loopback address, made on first use, never run as root."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from ananta.embedded import credentials, data_folder, leftovers, processes
from ananta.embedded.binaries import (
    find_programs,
    major_of,
    other_bin_dir,
    postgres_bin_dir,
    postgres_package,
    postgres_version,
)
from ananta.embedded.errors import EmbeddedError, other_major
from ananta.settings import ROOT

SUPERUSER = "postgres"
PASSWORD_NAME = "postgres_superuser"  # noqa: S105 - the name of the secret, not the secret
ROOT_PLACES = Path("/var/lib/ananta")
START_SECONDS = 60.0

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Whose call a line is about: the application name is the correlation id. Errors of statements are not logged here,
    # where they would quote what people sent, but by who sent the statement: gateway, edge and worker, by code.
    "log_line_prefix": "%m [%p] %q%u@%d %a ",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "lc_messages": "C",
}
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_VOLATILE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "5min",
}


class EmbeddedPostgres:
    """A PostgreSQL cluster that belongs to one state folder.

    ``durable=False`` trades crash safety for speed, for tests. As root the cluster lives outside the state folder,
    where the unprivileged user it runs as can reach it. ``programs`` is the folder of another PostgreSQL's,
    ``data_name`` names a data folder beside the one that is in use.
    """

    def __init__(
        self,
        state_dir: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        log_file: Path | None = None,
        programs: Path | None = None,
        data_name: str = data_folder.IN_USE,
    ) -> None:
        self.state_dir = state_dir.resolve()
        self.port = port or processes.free_port()
        self.durable = durable
        self.log_file = log_file or self.state_dir / "logs" / "postgres.log"
        self.programs = programs
        self.data_name = data_name
        self.run_as = processes.unprivileged_user()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def place(self) -> Path:
        """The folder that holds the cluster, and as root the copy of the binaries."""
        if self.run_as is None:
            return self.state_dir / "postgres"
        return ROOT_PLACES / hashlib.sha256(os.fsencode(self.state_dir)).hexdigest()[:16]

    @property
    def data_dir(self) -> Path:
        """PostgreSQL's data folder."""
        return self.place / self.data_name

    @property
    def environment(self) -> dict[str, str]:
        """The environment of PostgreSQL's programs: nothing of the caller's but the path."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def dsn(self, database: str = "postgres") -> str:
        """The superuser's connection string."""
        password = credentials.stored(self.state_dir).get(PASSWORD_NAME, "")
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.port}/{database}"

    def command(self) -> list[str]:
        """The command line that becomes the server: unprivileged, and shut down when its parent dies."""
        settings = _SETTINGS | (_DURABLE if self.durable else _VOLATILE) | {"port": str(self.port)}
        server = [str(self._bin_dir / "postgres"), "-D", str(self.data_dir)]
        server += [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        return processes.bound_command(server, death_signal=signal.SIGINT, run_as=self.run_as)

    def initialise(self) -> bool:
        """Make the cluster if there is none; says whether it did. Refuses data it cannot use, and data that is lost."""
        has_data = self.check_data() is not None
        self._make_place()
        if has_data:
            data_folder.finish_restore(self.data_dir)
            data_folder.record(self.state_dir, self.data_dir)
            return False
        secret = credentials.ensure(self.state_dir, [PASSWORD_NAME])[PASSWORD_NAME]
        unfinished = self.place / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.place, prefix=".password-") as password_file:
            password_file.write(secret)
            password_file.flush()
            self._give_away(Path(password_file.name))
            self._run_initdb(unfinished, Path(password_file.name))
        unfinished.rename(self.data_dir)
        credentials.sync_folder(self.place)
        data_folder.record(self.state_dir, self.data_dir)
        return True

    def recover(self) -> None:
        """Clear what an earlier run left."""
        leftovers.clear(self.data_dir)

    def is_ready(self) -> bool:
        """Whether the server says in its lock file that it accepts connections on our port."""
        try:
            lines = (self.data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[3] == str(self.port) and lines[7].strip() == "ready"

    def start(self) -> str:
        """Start the server as a child of this process and wait for it; gives the superuser's connection string."""
        self.initialise()
        self.recover()
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                cwd=self.place,
                start_new_session=True,
            )
        child = self._process
        if not processes.wait_until(lambda: self.is_ready() or child.poll() is not None, START_SECONDS):
            self.stop()
            raise EmbeddedError(f"PostgreSQL was not ready within {START_SECONDS:.0f} s", self.last_words())
        if child.poll() is not None:
            raise EmbeddedError(f"PostgreSQL ended at its start (exit code {child.returncode})", self.last_words())
        return self.dsn()

    def stop(self) -> None:
        """Stop the server: clients are cut, data is written. Harder means only when that takes too long."""
        child, self._process = self._process, None
        if child is None:
            return
        for number, seconds in (
            (signal.SIGINT, leftovers.STOP_SECONDS),
            (signal.SIGQUIT, 10.0),
            (signal.SIGKILL, 10.0),
        ):
            if child.poll() is None:
                child.send_signal(number)
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            break
        leftovers.end_backends(self.data_dir)

    @property
    def pid(self) -> int | None:
        """The process id of the server started by ``start``."""
        return None if self._process is None else self._process.pid

    def destroy(self) -> None:
        """Remove the cluster and, as root, its copy of the binaries."""
        self.stop()
        data_folder.forget(self.state_dir)
        shutil.rmtree(self.place, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def last_words(self, lines: int = 6) -> str:
        """The end of the server's log, for a message."""
        try:
            content = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(content[-lines:])

    @cached_property
    def _bin_dir(self) -> Path:
        if self.programs is not None:
            return other_bin_dir(find_programs(self.programs), self.place, self.run_as)
        return postgres_bin_dir(ROOT, self.place, self.run_as)

    @cached_property
    def major(self) -> str:
        """The major version of our programs."""
        if self.programs is not None:
            return major_of(find_programs(self.programs) / "postgres")
        return postgres_version(postgres_package(ROOT)).partition(".")[0]

    def _make_place(self) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        if self.run_as is None:
            self.place.chmod(0o700)
            return
        ROOT_PLACES.chmod(0o755)
        self.place.chmod(0o755)
        (self.place / data_folder.BELONGS_TO).write_text(f"{self.state_dir}\n", encoding="utf-8")

    def check_data(self) -> str | None:
        """The major version of the data, or None where there is none; refuses what this PostgreSQL cannot use."""
        try:
            found = (data_folder.found(self.data_dir) / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            data_folder.refuse_lost(self.state_dir, self.data_dir)
            return None
        if found != self.major:
            raise other_major(self.data_dir, found, self.major)
        if PASSWORD_NAME not in credentials.stored(self.state_dir):
            raise EmbeddedError(
                f"{self.data_dir} belongs to a state folder whose {credentials.FILE_NAME} is gone",
                "put it back, or start afresh with `bin/ananta reset`",
            )
        return found

    def _run_initdb(self, folder: Path, password_file: Path) -> None:
        folder.mkdir(mode=0o700)
        self._give_away(folder)
        command = [
            str(self._bin_dir / "initdb"),
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if self.durable else ["--no-sync"]),
        ]
        done = subprocess.run(
            processes.bound_command(command, run_as=self.run_as),
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
            cwd=self.place,
        )
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            hint = "is the disk full, or the folder not writable?"
            raise EmbeddedError(f"initdb failed: {done.stderr.strip()}", hint)

    def _give_away(self, path: Path) -> None:
        if self.run_as is not None:
            os.chown(path, self.run_as.uid, self.run_as.gid)

"""The embedded PostgreSQL on real processes: it starts, survives what happens to it, and runs without root."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ananta.embedded import binaries, credentials, postgres, processes
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgres import PASSWORD_NAME, EmbeddedPostgres
from ananta.settings import ROOT


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "state", durable=False)
    try:
        yield server
    finally:
        server.destroy()


def value(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
        return None if row is None else row[0]


def test_data_survives_stop_and_kill(cluster: EmbeddedPostgres) -> None:
    dsn = cluster.start()
    with psycopg.connect(dsn) as connection:
        connection.execute("create table kept as select 42 as answer")
        connection.execute("checkpoint")
    cluster.stop()
    assert value(cluster.start(), "select answer from kept") == 42

    assert cluster.pid is not None
    with psycopg.connect(dsn):  # a backend is alive as its server dies
        os.kill(cluster.pid, signal.SIGKILL)
        processes.wait_until(lambda: cluster.pid is None or processes.started_at(cluster.pid) is None, 5)
        cluster.stop()
        assert value(cluster.start(), "select answer from kept") == 42
    cluster.stop()
    assert not list(processes.postgres_in(cluster.data_dir))


def test_listens_on_loopback_with_passwords_only(cluster: EmbeddedPostgres) -> None:
    dsn = cluster.start()
    assert value(dsn, "select current_setting('listen_addresses')") == "127.0.0.1"
    assert value(dsn, "select current_setting('unix_socket_directories')") == ""
    assert (
        value(dsn, "select datlocprovider::text || ' ' || datlocale from pg_database where datname = 'postgres'")
        == "b C.UTF-8"
    )
    password = credentials.stored(cluster.state_dir)[PASSWORD_NAME]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn.replace(password, "wrong")).close()
    assert (cluster.state_dir / credentials.FILE_NAME).stat().st_mode & 0o077 == 0


def test_the_log_quotes_no_statement_that_is_cut_off(cluster: EmbeddedPostgres) -> None:
    dsn, password = cluster.start(), "canary-0123456789"
    work = f"perform pg_terminate_backend(pg_backend_pid()); alter role postgres password '{password}'"
    with pytest.raises(psycopg.OperationalError):
        value(dsn, f"do $$ begin {work}; end $$")
    log = cluster.log_file.read_text(encoding="utf-8")
    assert "FATAL:  terminating connection" in log
    assert password not in log


@pytest.mark.parametrize(
    "content", [b"", b"\0\xff\n", f"{os.getpid()}\n".encode()], ids=["empty", "garbled", "recycled"]
)
def test_lock_file_of_a_power_cut_is_no_obstacle(cluster: EmbeddedPostgres, content: bytes) -> None:
    cluster.initialise()
    (cluster.data_dir / "postmaster.pid").write_bytes(content)
    assert value(cluster.start(), "select 1") == 1


def test_server_that_outlived_its_parent_is_taken_over(cluster: EmbeddedPostgres) -> None:
    script = """
        import os, sys
        from pathlib import Path
        from ananta.embedded.postgres import EmbeddedPostgres
        postgres = EmbeddedPostgres(Path(sys.argv[1]), port=int(sys.argv[2]), durable=False)
        postgres.start()
        print(postgres.pid, flush=True)
        os.kill(os.getpid(), 9)
    """
    arguments = [sys.executable, "-c", textwrap.dedent(script), str(cluster.state_dir), str(cluster.port)]
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    left = int(done.stdout)
    assert value(cluster.start(), "select 1") == 1
    assert cluster.pid != left
    assert processes.started_at(left) is None


def test_data_of_another_major_version_is_refused(cluster: EmbeddedPostgres) -> None:
    cluster.data_dir.mkdir(parents=True)
    (cluster.data_dir / "PG_VERSION").write_text("16\n", encoding="ascii")
    with pytest.raises(EmbeddedError) as raised:
        cluster.start()
    assert "PostgreSQL 16's" in raised.value.message
    assert f"PostgreSQL {cluster.major}'s" in raised.value.message
    assert "bin/ananta db dump FILE --programs DIR" in raised.value.hint


def test_data_without_its_password_is_refused(cluster: EmbeddedPostgres) -> None:
    cluster.initialise()
    (cluster.state_dir / credentials.FILE_NAME).unlink()
    with pytest.raises(EmbeddedError) as raised:
        cluster.start()
    assert "reset" in raised.value.hint


def test_copied_programs_are_on_the_disk_before_they_have_their_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    native, copy, synced = tmp_path / "native", tmp_path / "copy", []
    (native / "bin").mkdir(parents=True)
    (native / "bin" / "postgres").touch()
    monkeypatch.setattr(os, "sync", lambda: synced.extend(tmp_path.glob("*/bin/postgres")))
    assert binaries._copied(native, copy) == copy / "bin"
    assert len(synced) == 2
    assert copy / "bin" / "postgres" not in synced


def refusal(server: EmbeddedPostgres) -> EmbeddedError:
    with pytest.raises(EmbeddedError) as raised:
        server.start()
    assert not server.data_dir.exists()
    assert "reset" in raised.value.hint
    return raised.value


def test_lost_data_is_not_replaced_by_an_empty_database(cluster: EmbeddedPostgres) -> None:
    cluster.initialise()
    shutil.rmtree(cluster.place)
    assert str(cluster.data_dir) in refusal(cluster).message
    cluster.destroy()
    assert cluster.initialise()


def test_data_of_a_state_folder_that_was_moved_or_copied_is_named(
    cluster: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plant(server: EmbeddedPostgres, folder: Path, _: Path) -> None:
        folder.mkdir()
        (folder / "PG_VERSION").write_text(server.major, encoding="ascii")

    monkeypatch.setattr(EmbeddedPostgres, "_run_initdb", plant)
    monkeypatch.setattr(postgres, "ROOT_PLACES", tmp_path / "places")
    cluster.run_as = cluster.run_as or processes.RunAs("me", os.geteuid(), os.getegid())
    cluster.initialise()
    copy = EmbeddedPostgres(shutil.copytree(cluster.state_dir, tmp_path / "copy"), durable=False)
    copy.run_as = cluster.run_as
    assert f"copy of {cluster.state_dir}" in refusal(copy).hint

    cluster.state_dir.rename(tmp_path / "moved")
    moved = EmbeddedPostgres(tmp_path / "moved", durable=False)
    moved.run_as = cluster.run_as
    command = refusal(moved).hint.split("`")[1]
    assert command == f"mkdir -p {moved.place} && mv {cluster.data_dir} {moved.data_dir}"
    subprocess.run(["sh", "-c", command], check=True)
    assert moved.initialise() is False
    moved.destroy()


def test_start_failure_shows_the_log(cluster: EmbeddedPostgres) -> None:
    cluster.initialise()
    (cluster.data_dir / "postgresql.conf").write_text("nonsense = 1\n", encoding="ascii")
    with pytest.raises(EmbeddedError) as raised:
        cluster.start()
    assert "nonsense" in raised.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the user")
def test_runs_unprivileged_under_root(cluster: EmbeddedPostgres) -> None:
    cluster.start()
    assert cluster.pid is not None
    assert Path(f"/proc/{cluster.pid}").stat().st_uid != 0
    assert cluster.data_dir.stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_ordinary_user_has_the_cluster_in_the_state_folder() -> None:
    nobody = processes.RunAs("nobody", 65534, 65534)
    python = _python_of(nobody)
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, nobody.uid, nobody.gid)
        script = """
            import sys
            from pathlib import Path
            from ananta.embedded.postgres import EmbeddedPostgres
            state_dir = Path(sys.argv[1])
            with EmbeddedPostgres(state_dir, durable=False) as postgres:
                print(postgres.run_as, postgres.data_dir.is_relative_to(state_dir), postgres.is_ready())
        """
        done = subprocess.run(
            [*python, textwrap.dedent(script), f"{folder}/state"],
            capture_output=True,
            text=True,
            check=False,
            user=nobody.uid,
            group=nobody.gid,
            extra_groups=[],
            env={"PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}", "PATH": os.defpath},
        )
    assert done.stdout.split() == ["None", "True", "True"], done.stderr


def _python_of(user: processes.RunAs) -> list[str]:
    """A Python of this version that the user can run with this checkout and its packages, or a skip."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for program in (sys.executable, f"/usr/bin/python{version}"):
        command = [program, "-B", "-c"]
        try:
            subprocess.run(
                [*command, "import ananta.embedded.postgres"],
                check=True,
                capture_output=True,
                user=user.uid,
                group=user.gid,
                extra_groups=[],
                env={"PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}"},
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return command
    pytest.skip("an ordinary user cannot reach this checkout or its packages")

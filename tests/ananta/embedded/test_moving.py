"""A restore looks before it touches anything, and leaves one database or the other whole, whenever it is killed."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest

from ananta.embedded import data_folder, moving, ports, processes, run_state
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgres import EmbeddedPostgres
from ananta.settings import ROOT


def test_what_is_no_dump_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    file = tmp_path / "rows.zip"
    file.write_text("no zip", encoding="ascii")
    with pytest.raises(EmbeddedError) as raised:
        moving.restore(tmp_path / "state", file, print)
    assert "no dump" in raised.value.message
    assert not (tmp_path / "state").exists()


def test_a_dump_of_a_platform_whose_server_is_down_says_so(tmp_path: Path) -> None:
    me = run_state.RunState(os.getpid(), processes.started_at(os.getpid()) or "", is_ready=True)
    run_state.save(tmp_path, me)
    (tmp_path / ports.FILE_NAME).write_text(f'{{"postgres": {processes.free_port()}}}', encoding="ascii")
    with pytest.raises(EmbeddedError) as raised:
        moving.dump(tmp_path, tmp_path / "rows.zip", None, print)
    assert "refused" in raised.value.message
    assert "logs postgres" in raised.value.hint
    assert not (tmp_path / "rows.zip").exists()


INTERRUPTED = """
    import os, sys
    from functools import partial
    from pathlib import Path
    import psycopg
    from ananta import dumps
    from ananta.embedded import moving
    from ananta.embedded.postgres import EmbeddedPostgres

    def load(dsns, *_):
        with psycopg.connect(next(iter(dsns.values()))) as connection:
            connection.execute("create table answer as select 'restored' as answer")
        if moment == "load":
            os.kill(os.getpid(), 9)

    def rename(source, target):
        real_rename(source, target)
        if moment == "rename" and source.name == "data":
            os.kill(os.getpid(), 9)

    state_dir, moment = Path(sys.argv[1]), sys.argv[2]
    real_rename, Path.rename = Path.rename, rename
    moving.EmbeddedPostgres = partial(EmbeddedPostgres, durable=False)
    moving.DATABASES, moving.prepare = {"app": "postgres"}, lambda *_, **__: None
    dumps.read, dumps.load = lambda _: dumps.Manifest("17", "today", {}), load
    moving.restore(state_dir, Path("rows.zip"), partial(print, flush=True))
"""


def restore(state_dir: Path, moment: str) -> "subprocess.CompletedProcess[str]":
    """A restore of a small dump that is killed at a moment."""
    command = [sys.executable, "-c", textwrap.dedent(INTERRUPTED), str(state_dir), moment]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def answer(server: EmbeddedPostgres) -> str:
    with server, psycopg.connect(server.dsn()) as connection:
        ((found,),) = connection.execute("select answer from answer").fetchall()
        return str(found)


def test_a_restore_that_is_killed_leaves_one_database_or_the_other_whole(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    file = tmp_path / "files" / "organization" / "content"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"uploaded since the dump")
    try:
        with server, psycopg.connect(server.dsn()) as connection:
            connection.execute("create table answer as select 'of before' as answer")

        killed = restore(tmp_path, "load")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert f"{server.data_dir}.kept-" in killed.stdout
        assert answer(server) == "of before"

        killed = restore(tmp_path, "rename")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert not server.data_dir.exists()
        assert server.check_data() == server.major
        assert answer(server) == "restored"
        (kept,) = server.place.glob("data.*")
        file.unlink()  # as the sweep does with what no row knows
        assert [path.read_bytes() for path in tmp_path.glob("files.kept-*/organization/content")] == [
            b"uploaded since the dump"
        ]

        shutil.rmtree(server.data_dir)
        with pytest.raises(EmbeddedError) as raised:
            server.start()
        assert f"mv {kept} {server.data_dir}" in raised.value.hint
        kept.rename(server.data_dir)
        assert answer(server) == "of before"
    finally:
        server.destroy()


def test_files_are_kept_where_a_file_has_one_name_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    data, file = tmp_path / "data", tmp_path / "files" / "content"
    for folder in (data, data.with_name(data_folder.RESTORING), file.parent):
        folder.mkdir()
    file.write_bytes(b"content")
    monkeypatch.setattr(os, "link", refuse)
    kept = data_folder.Kept.of(tmp_path, data)
    assert kept is not None
    data_folder.replace(data, kept)
    assert (kept.files / "content").read_bytes() == b"content"

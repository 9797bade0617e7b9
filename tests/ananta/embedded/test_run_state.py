"""Processes are known by id and start; ports, secrets and configuration stay what they were."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ananta.embedded import (
    control,
    credentials,
    data_folder,
    ports,
    postgres,
    private,
    processes,
    run_state,
    token_keys,
)
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgrest import PostgrestServer, write_config
from ananta.settings import Plane


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def service_of(process: subprocess.Popen[bytes], started: str | None) -> run_state.ServiceState:
    return run_state.ServiceState("one", run_state.RUNNING, pid=process.pid, started=started)


def test_down_ends_what_outlived_its_supervisor(tmp_path: Path) -> None:
    with sleeper() as process:
        service = service_of(process, processes.started_at(process.pid))
        run_state.save(tmp_path, run_state.RunState(pid=1, started="long ago", services=[service]))
        control.stop(tmp_path)
        assert process.wait(10) == -signal.SIGTERM
    assert run_state.load(tmp_path) is None


def test_recycled_process_id_is_left_alone(tmp_path: Path) -> None:
    with sleeper() as process:
        service = service_of(process, "another start")
        run_state.save(tmp_path, run_state.RunState(pid=process.pid, started="another start", services=[service]))
        control.stop(tmp_path)
        assert processes.started_at(process.pid) is not None
        process.kill()


def test_zombie_is_not_alive() -> None:
    with sleeper() as process:
        process.kill()
        assert processes.wait_until(lambda: processes.started_at(process.pid) is None, 5)


def test_second_supervisor_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    with run_state.only_one(tmp_path):
        with pytest.raises(EmbeddedError) as raised, run_state.only_one(tmp_path):
            pass
        with pytest.raises(EmbeddedError):
            control.refuse_while_running(tmp_path)
    control.refuse_while_running(tmp_path)
    assert "down" in raised.value.hint


def test_status_of_nothing_is_not_running(tmp_path: Path) -> None:
    assert control.show_status(tmp_path) is False


def test_taken_gateway_port_names_the_option() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(EmbeddedError) as raised:
        ports.check_gateway_port(server.getsockname()[1])
    assert "--port" in raised.value.hint


def test_ports_are_kept_while_free(tmp_path: Path) -> None:
    import socket

    first = ports.choose(tmp_path, ["one", "two"], 27500)
    assert ports.choose(tmp_path, ["one", "two", "three"], 27500).items() >= first.items()
    with socket.create_server(("127.0.0.1", first["one"])):
        changed = ports.choose(tmp_path, ["one", "two"], 27500)
    assert changed["one"] != first["one"]
    assert changed["two"] == first["two"]


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    first = credentials.ensure(tmp_path, ["app_edge", "webhook_secret"])
    assert credentials.ensure(tmp_path, ["app_edge", "webhook_secret", "app_worker"]).items() >= first.items()
    assert first["webhook_secret"].startswith("whsec_")
    assert (tmp_path / credentials.FILE_NAME).stat().st_mode & 0o077 == 0


def test_token_key_is_made_once_with_its_public_half(tmp_path: Path) -> None:
    private, public = token_keys.ensure(tmp_path, Plane.APP)
    before = private.read_bytes(), public.read_bytes()
    assert token_keys.ensure(tmp_path, Plane.APP) == (private, public)
    assert (private.read_bytes(), public.read_bytes()) == before
    (key,) = json.loads(public.read_text(encoding="utf-8"))["keys"]
    assert {"kty", "n", "e", "kid", "alg", "use"} == set(key)
    assert private.stat().st_mode & 0o077 == 0


def test_postgrest_configuration_is_private_and_escaped(tmp_path: Path) -> None:
    server = PostgrestServer(Plane.CONTROL, 'postgresql://u:p"w@h/d', tmp_path / "keys.json", 1, 2)
    path = write_config(tmp_path, server)
    content = path.read_text(encoding="utf-8")
    assert r'db-uri = "postgresql://u:p\"w@h/d"' in content
    assert 'db-pre-request = "private.check_request"' in content
    assert path.stat().st_mode & 0o077 == 0


def test_state_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANANTA_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(EmbeddedError) as raised:
        private.own_state_dir()
    assert "another user" in raised.value.message


def test_state_folder_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("ANANTA_STATE_DIR", str(file))
    with pytest.raises(EmbeddedError) as raised:
        private.own_state_dir()
    assert "no folder" in raised.value.message
    with pytest.raises(EmbeddedError) as raised, run_state.only_one(file / "below"):
        pass
    assert raised.value.message.startswith(f"cannot write to {file / 'below'}")


def test_what_was_left_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir(mode=0o755)
    (tmp_path / "run.json").touch(mode=0o644)
    private.close(tmp_path)
    assert [path for path in tmp_path.iterdir() if path.stat().st_mode & 0o077] == []


def test_reset_removes_what_ananta_made_and_says_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "ROOT_PLACES", tmp_path / "places")
    state_dir, elsewhere = tmp_path / "home", tmp_path / "places" / "of another path" / "data"
    for folder in ("files/organization", "files.kept-20260101-000000", "tools", "thesis", "postgres", "keys"):
        (state_dir / folder).mkdir(parents=True)
    (state_dir / "files" / "organization" / "content").touch()
    (state_dir / "logs").symlink_to(state_dir / "thesis")
    (state_dir / "thesis" / "chapter").touch()
    (state_dir / "letter.txt").touch()
    credentials.ensure(state_dir, ["app_edge"])
    elsewhere.mkdir(parents=True)
    data_folder.record(state_dir, elsewhere)
    assert control.reset(state_dir) == ["letter.txt", "thesis", str(elsewhere)]
    assert {path.name for path in state_dir.iterdir()} == {"letter.txt", "thesis", "tools"}
    assert (state_dir / "thesis" / "chapter").exists()

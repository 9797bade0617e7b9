"""The supervisor on real child processes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ananta.embedded import log_files, log_view, probes, processes, report, run_state, supervisor
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.supervisor import Service, Supervisor
from ananta.settings import ROOT

WELL_BEHAVED = """
import signal, sys, time
def leave(*_):
    open("order", "a").write(sys.argv[1] + " stopped\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
open("order", "a").write(sys.argv[1] + " started\\n")
print("ready", flush=True)
while True:
    time.sleep(60)
"""
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open("grandchild", "w").write(str(child.pid))
print("ready", flush=True)
while True:
    time.sleep(60)
"""


def service(folder: Path, name: str, script: str = WELL_BEHAVED, *, stop_seconds: float = 10.0) -> Service:
    command = [sys.executable, "-c", textwrap.dedent(script), name]
    return Service(
        name=name,
        command=processes.bound_command(command),
        environment=dict(os.environ),
        ready=probes.log_says(folder / "logs" / f"{name}.log", "ready"),
        working_dir=folder,
        stop_seconds=stop_seconds,
    )


def run(folder: Path, steps: list[list[Service]], while_running: Callable[[Supervisor], None]) -> None:
    """Run a supervisor; when it is ready, do something in a thread, then stop it."""

    async def main() -> None:
        supervisor = Supervisor(folder)
        tasks: list[asyncio.Task[None]] = []

        async def act() -> None:
            try:
                await asyncio.to_thread(while_running, supervisor)
            finally:
                supervisor.stop()

        await supervisor.run(steps, lambda: tasks.append(asyncio.create_task(act())))
        await asyncio.gather(*tasks)

    asyncio.run(main())


def states(folder: Path) -> dict[str, run_state.ServiceState]:
    state = run_state.load(folder)
    return {} if state is None else {entry.name: entry for entry in state.services}


def order(folder: Path) -> list[str]:
    return (folder / "order").read_text(encoding="utf-8").splitlines()


def test_starts_in_order_and_stops_in_reverse(tmp_path: Path) -> None:
    def look(_: Supervisor) -> None:
        assert [entry.state for entry in states(tmp_path).values()] == [run_state.RUNNING] * 2
        assert all(entry.is_alive() for entry in states(tmp_path).values())

    run(tmp_path, [[service(tmp_path, "first")], [service(tmp_path, "second")]], look)
    assert order(tmp_path) == ["first started", "second started", "second stopped", "first stopped"]
    assert run_state.load(tmp_path) is None


def test_killed_child_comes_back_and_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def kill(_: Supervisor) -> None:
        before = states(tmp_path)["one"].pid
        assert before is not None
        os.kill(before, signal.SIGKILL)
        assert processes.wait_until(lambda: states(tmp_path)["one"].restarts == 1, 10)
        assert processes.wait_until(lambda: states(tmp_path)["one"].state == run_state.RUNNING, 10)
        after = states(tmp_path)["one"]
        assert after.pid != before
        assert after.exit_code == -signal.SIGKILL
        report.show_services(run_state.RunState(1, "", services=[after]))
        shown = capsys.readouterr().out
        assert "SIGKILL" in shown
        assert " 1 " in shown

    run(tmp_path, [[service(tmp_path, "one")]], kill)


def test_pauses_grow_while_a_child_keeps_dying(tmp_path: Path) -> None:
    script = "import os; print('ready', flush=True); import time; time.sleep(0.3)"

    def wait(_: Supervisor) -> None:
        assert processes.wait_until(lambda: states(tmp_path)["dying"].restarts >= 3, 20)

    began = time.monotonic()
    run(tmp_path, [[service(tmp_path, "dying", script)]], wait)
    assert time.monotonic() - began > 0.2 + 0.4


def test_child_that_does_not_stop_is_killed_with_what_it_started(tmp_path: Path) -> None:
    run(tmp_path, [[service(tmp_path, "stubborn", STUBBORN, stop_seconds=0.5)]], lambda _: None)
    grandchild = int((tmp_path / "grandchild").read_text(encoding="ascii"))
    assert processes.wait_until(lambda: processes.started_at(grandchild) is None, 5)


def test_stop_reaches_a_child_that_is_being_born(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched, spawn, born = Supervisor(tmp_path), asyncio.create_subprocess_exec, []

    async def slow(*arguments: Any, **options: Any) -> asyncio.subprocess.Process:
        born.append(await spawn(*arguments, **options))
        watched.stop()
        await asyncio.sleep(0.2)  # meanwhile all are told to stop
        return born[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", slow)
    asyncio.run(watched.run([[service(tmp_path, "one", stop_seconds=5)]], lambda: None))
    assert [process.returncode for process in born] in ([0], [-signal.SIGTERM])


def test_group_of_an_ended_child_is_not_another_process() -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as another:
        try:
            processes.end_group_of_ended(another.pid)
            assert processes.started_at(another.pid) is not None
        finally:
            another.terminate()
        assert another.wait(10) == -signal.SIGTERM


def test_start_failure_names_service_and_log(tmp_path: Path) -> None:
    broken = service(tmp_path, "broken", "raise SystemExit('no such setting')")
    with pytest.raises(EmbeddedError) as raised:
        run(tmp_path, [[service(tmp_path, "first")], [broken]], lambda _: None)
    assert "broken" in raised.value.message
    assert "no such setting" in raised.value.hint
    assert order(tmp_path) == ["first started", "first stopped"]


TALKATIVE = """
import itertools, time
print("ready", flush=True)
for number in itertools.count():
    print(f"line {number}", flush=True)
    time.sleep(0.001)
"""


def test_large_log_is_put_aside_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "LOG_BYTES", 2000)
    monkeypatch.setattr(supervisor, "ROTATION_SECONDS", 0.05)
    log_file = tmp_path / "logs" / "one.log"
    aside = log_files.aside(log_file)

    def rotated(_: Supervisor) -> None:
        assert processes.wait_until(lambda: aside.exists() and log_file.stat().st_size > 100, 10)
        first = aside.stat().st_ino
        assert processes.wait_until(lambda: aside.stat().st_ino != first, 10)

    run(tmp_path, [[service(tmp_path, "one", TALKATIVE, stop_seconds=5)]], rotated)
    assert log_file.stat().st_size < 20_000
    assert 2000 < aside.stat().st_size < 20_000
    assert {path.name for path in log_file.parent.iterdir()} == {"one.log", "one.log.1"}
    newest = [line for line in aside.read_text(encoding="ascii").splitlines() if line.startswith("line ")]
    assert log_file.read_bytes()[:1] != b"\0"  # its writer appends: no hole where the old part was
    assert int(newest[-1].split()[1]) > 0


def test_readiness_is_seen_in_a_log_put_aside(tmp_path: Path) -> None:
    log_file = tmp_path / "one.log"
    log_file.write_text("ready, in an earlier life\n", encoding="ascii")
    probe = probes.log_says(log_file, "ready")()
    with log_file.open("a", encoding="ascii") as writer:
        writer.write("begins\n")
        assert asyncio.run(probe()) is False
        writer.flush()
        log_files.rotate(log_file)
        assert asyncio.run(probe()) is False
        writer.write("ready\n")
    assert asyncio.run(probe()) is True


def test_follower_misses_nothing_of_a_log_put_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_file = tmp_path / "one.log"
    log_file.write_text("shown\n", encoding="ascii")
    with log_file.open("a", encoding="ascii") as writer:
        writer.write("not yet shown, put aside\n")
        writer.flush()
        log_files.rotate(log_file)
        writer.write("new\n")
    assert log_view.print_from(log_file, len("shown\n"), 0) == len("new\n")
    assert capsys.readouterr().out == "not yet shown, put aside\nnew\n"
    log_view.show(tmp_path, "one", 2, follow=False)
    assert capsys.readouterr().out == "not yet shown, put aside\nnew\n"
    with pytest.raises(EmbeddedError) as raised:
        log_view.show(tmp_path, "two", 2, follow=False)
    assert "two" in raised.value.message
    assert raised.value.hint == "there are: one"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children with their parent on Linux only")
def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    script = f"""
        import asyncio, os, sys
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from ananta.embedded.supervisor import Supervisor
        from test_supervisor import service
        folder = Path(sys.argv[1])
        asyncio.run(Supervisor(folder).run([[service(folder, "one")]], lambda: print("ready", flush=True)))
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        child = json.loads((tmp_path / run_state.FILE_NAME).read_text(encoding="utf-8"))["services"][0]["pid"]
        parent.kill()
    assert processes.wait_until(lambda: processes.started_at(child) is None, 5)
    left = run_state.load(tmp_path)
    assert left is not None
    assert not left.is_alive()

"""Runs the processes of the embedded stack: in order, watched, started again when they die, stopped in reverse."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from ananta.embedded import log_files, processes, run_state
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.probes import Probe

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
HEALTHY_SECONDS = 30.0
TRIES_AT_START = 3
ROTATION_SECONDS = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Service:
    """One process: how it starts, how it is known to be ready, how it stops."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], Probe]
    working_dir: Path
    port: int | None = None
    before_start: Callable[[], None] | None = None
    stop_signal: int = signal.SIGTERM
    ready_seconds: float = 60.0
    stop_seconds: float = 15.0


Step = Sequence[Service] | Callable[[], Awaitable[None]]


@dataclass
class _Child:
    """A service under watch."""

    service: Service
    state: run_state.ServiceState
    process: asyncio.subprocess.Process | None = None
    watcher: asyncio.Task[None] | None = None
    ready: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    pause: float = FIRST_PAUSE
    failures: int = 0
    is_told: bool = False


class Supervisor:
    """Starts steps one after another (the services of one step together) and keeps them running until told to stop."""

    def __init__(self, state_dir: Path, public_url: str = "") -> None:
        self._state_dir = state_dir
        self._log_dir = state_dir / "logs"
        self._children: list[_Child] = []
        self._steps: list[list[_Child]] = []
        self._stopping = asyncio.Event()
        self._state = run_state.RunState(
            pid=os.getpid(), started=processes.started_at(os.getpid()) or "", public_url=public_url
        )

    async def run(self, steps: Sequence[Step], on_ready: Callable[[], None]) -> None:
        """Start all, call ``on_ready``, stay until a signal, stop in reverse. Raises if a start fails."""
        self._log_dir.mkdir(parents=True, exist_ok=True)
        self._listen_to_signals()
        rotation = asyncio.create_task(self._rotate_logs())
        try:
            for step in steps:
                if not await self._unless_stopped(self._start(step)):
                    return
            self._state.is_ready = True
            self._save()
            on_ready()
            await self._stopping.wait()
        finally:
            self._stopping.set()
            rotation.cancel()
            await self._stop_all()
            run_state.forget(self._state_dir)

    def stop(self) -> None:
        """Ask for the stop; asked a second time, do it at once and hard."""
        if self._stopping.is_set():
            for child in self._children:
                self._kill(child)
        self._stopping.set()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop)

    async def _rotate_logs(self) -> None:
        while True:
            await asyncio.to_thread(log_files.rotate_all, self._log_dir)
            await asyncio.sleep(ROTATION_SECONDS)

    async def _unless_stopped(self, work: Awaitable[None]) -> bool:
        """Wait for the work or for the stop, whichever is first; says whether it was the work."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            await task
            return True
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return False

    async def _start(self, step: Step) -> None:
        if callable(step):
            await step()
            return
        children = [_Child(service, run_state.ServiceState(service.name, port=service.port)) for service in step]
        self._steps.append(children)
        self._children.extend(children)
        self._state.services = [child.state for child in self._children]
        for child in children:
            child.state.stop_signal = int(child.service.stop_signal)
            child.watcher = asyncio.create_task(self._watch(child), name=child.service.name)
        await asyncio.gather(*(child.ready for child in children))

    async def _watch(self, child: _Child) -> None:
        """Start the service again and again until the stop."""
        while not self._stopping.is_set():
            try:
                await self._run_once(child)
            except (OSError, EmbeddedError) as error:
                log.warning("service_not_started", service=child.service.name, reason=str(error))
            if self._stopping.is_set():
                return
            child.failures += 1
            if not child.ready.done() and child.failures >= TRIES_AT_START:
                child.ready.set_exception(self._start_error(child))
                return
            child.state.restarts += 1
            self._set(child, run_state.RESTARTING)
            await self._pause(child)

    async def _run_once(self, child: _Child) -> None:
        """One life of the process."""
        if child.service.before_start is not None:
            await asyncio.to_thread(child.service.before_start)
        if self._stopping.is_set():
            return
        probe = child.service.ready()
        process = await self._spawn(child)
        born = time.monotonic()
        ended = asyncio.create_task(process.wait())
        if await self._became_ready(child, probe, ended):
            self._set(child, run_state.RUNNING)
            if not child.ready.done():
                child.ready.set_result(None)
        elif not ended.done():
            log.warning("service_not_ready_in_time", service=child.service.name)
            self._kill(child)
        code = await ended
        processes.end_group_of_ended(process.pid)  # what it started itself
        child.process = None
        child.state.exit_code = code
        if not self._stopping.is_set():
            log.warning("service_ended", service=child.service.name, exit_code=code)
        if time.monotonic() - born > HEALTHY_SECONDS:
            child.pause, child.failures = FIRST_PAUSE, 0

    async def _spawn(self, child: _Child) -> asyncio.subprocess.Process:
        service = child.service
        with self._log_file(service).open("ab") as output:
            child.process = await asyncio.create_subprocess_exec(
                *service.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(service.environment),
                cwd=service.working_dir,
                start_new_session=True,
            )
        child.state.pid = child.process.pid
        child.state.started = processes.started_at(child.process.pid)
        self._set(child, run_state.STARTING)
        if child.is_told:  # to stop, while it was being born
            self._tell(child)
        return child.process

    async def _became_ready(self, child: _Child, probe: Probe, ended: asyncio.Task[int]) -> bool:
        end = time.monotonic() + child.service.ready_seconds
        while time.monotonic() < end and not ended.done():
            if await probe():
                return not ended.done()
            await asyncio.wait({ended}, timeout=0.05)
        return False

    async def _pause(self, child: _Child) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), child.pause)
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    async def _stop_all(self) -> None:
        for step in reversed(self._steps):
            await asyncio.gather(*(self._stop_child(child) for child in step))

    async def _stop_child(self, child: _Child) -> None:
        """Ask the process to stop, make it stop when it takes too long, and wait for its watcher."""
        child.is_told = True
        self._tell(child)
        if child.watcher is not None:
            done, _ = await asyncio.wait({child.watcher}, timeout=child.service.stop_seconds)
            if not done:
                log.warning("service_killed", service=child.service.name, after_seconds=child.service.stop_seconds)
                self._kill(child)
            with contextlib.suppress(asyncio.CancelledError):
                await child.watcher
        if child.ready.done() and not child.ready.cancelled():
            child.ready.exception()  # a failed start is reported once, by the step that waited for it
        self._set(child, run_state.STOPPED)

    def _tell(self, child: _Child) -> None:
        if child.process is not None:
            with contextlib.suppress(ProcessLookupError):
                child.process.send_signal(child.service.stop_signal)

    def _kill(self, child: _Child) -> None:
        if child.process is not None and child.state.is_alive():
            processes.signal_group_quietly(child.process.pid, signal.SIGKILL)

    def _set(self, child: _Child, state: str) -> None:
        child.state.state = state
        child.state.since = time.time()
        if state in (run_state.RESTARTING, run_state.STOPPED):
            child.state.pid = child.state.started = None
        self._save()

    def _save(self) -> None:
        try:
            run_state.save(self._state_dir, self._state)
        except OSError as error:  # a full disk must not end what it can still serve
            log.warning("run_state_not_saved", reason=str(error))

    def _log_file(self, service: Service) -> Path:
        return self._log_dir / f"{service.name}.log"

    def _start_error(self, child: _Child) -> EmbeddedError:
        log_file = self._log_file(child.service)
        lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        hint = "\n".join([f"the end of {log_file}:", *lines])
        return EmbeddedError(f"{child.service.name} does not start", hint)

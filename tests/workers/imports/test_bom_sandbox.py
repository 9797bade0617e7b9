"""The child process: its limits, and every way it can end, with real processes."""

import asyncio
import io
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from workers.imports import BomFileError, ParseLimits, parse_file, parse_in_child
from workers.imports.sandbox import run_child

LIMITS = ParseLimits(max_bytes=20_000_000, max_lines=300_000, seconds=30, memory_bytes=512 * 1024 * 1024)


@pytest.fixture
def bom_file(tmp_path: Path) -> Path:
    path = tmp_path / "a file.csv"
    path.write_text("Reference,Quantity,Value,MPN\nR1-R3,3,10kΩ,RC0603FR-0710KL\nC1,2,1µ,\n", encoding="utf-8")
    return path


def parse(path: Path, limits: ParseLimits = LIMITS) -> BomFileError:
    with pytest.raises(BomFileError) as caught:
        asyncio.run(parse_in_child(path, path.name, limits))
    return caught.value


def run(code: str, path: Path, *, seconds: float = 20) -> BomFileError:
    limits = ParseLimits(seconds=seconds)
    with pytest.raises(BomFileError) as caught:
        asyncio.run(run_child([sys.executable, "-c", code], path, "x.csv", limits))
    return caught.value


def test_the_child_reads_what_the_parent_would(bom_file: Path) -> None:
    bom = asyncio.run(parse_in_child(bom_file, bom_file.name, LIMITS))
    assert bom == parse_file(bom_file, bom_file.name, max_lines=100)
    assert [w.code for w in bom.lines[1].warnings] == ["quantity_reference_mismatch"]


def test_errors_come_through(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("no parts in here")
    error = parse(path)
    assert (error.slug, bool(error.hint)) == ("bom_not_recognized", True)


def test_too_large_is_refused_before_a_process_starts(bom_file: Path) -> None:
    error = parse(bom_file, ParseLimits(max_bytes=10))
    assert (error.slug, error.detail) == ("bom_too_large", f"{bom_file.stat().st_size} > 10")


def test_too_many_lines(bom_file: Path) -> None:
    assert parse(bom_file, ParseLimits(max_lines=1)).slug == "bom_too_many_lines"


def test_a_missing_file_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        asyncio.run(parse_in_child(tmp_path / "nothing", "x", LIMITS))


def test_one_cell_at_the_far_corner_of_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "Reference"
    book.worksheets[0]["XFD1048576"] = "far"
    buffer = io.BytesIO()
    book.save(buffer)
    path = tmp_path / "far.xlsx"
    path.write_bytes(buffer.getvalue())
    assert parse(path).slug == "bom_parse_out_of_memory"


def test_more_text_than_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"Reference,Quantity,Value\n" + b"".join(b"R%d,1,10k\n" % i for i in range(200_000)))
    limits = ParseLimits(max_lines=300_000, seconds=60, memory_bytes=160 * 1024 * 1024)
    assert parse(path, limits).slug == "bom_parse_out_of_memory"


def test_too_slow(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"Reference,Quantity,Value\n" + b"".join(b"R%d,1,10k\n" % i for i in range(200_000)))
    started = time.monotonic()
    assert parse(path, ParseLimits(max_lines=300_000, seconds=0.4)).slug == "bom_parse_timeout"
    assert time.monotonic() - started < 5


def test_a_child_that_hangs_is_ended_with_all_it_started(bom_file: Path, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = (
        "import os, subprocess, sys, time\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{other.pid}}')\n"
        "time.sleep(60)\n"
    )
    assert run(code, bom_file, seconds=1.5).slug == "bom_parse_timeout"
    for pid in map(int, pids.read_text().split()):
        assert has_ended(pid)


def has_ended(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_cpu_time_runs_out(bom_file: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"
    assert run(code, bom_file).slug == "bom_parse_timeout"


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        ("bom_damaged", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"),
        ("bom_damaged", "import os; os.abort()"),
        ("bom_damaged", "raise SystemExit(3)"),
        ("bom_damaged", "raise ValueError('bug')"),
        ("bom_damaged", "print('garbage')"),
        ("bom_damaged", "print('{}')"),
        ("bom_damaged", "print('[1]')"),
        ("bom_damaged", 'print(\'{"bom": {"lines": 3}}\')'),
        ("bom_damaged", 'print(\'{"error": {"odd": 3}}\')'),
        ("bom_damaged", "print('[' * 200000)"),
        ("bom_damaged", "pass"),
        ("bom_parse_out_of_memory", "raise MemoryError"),
        ("bom_parse_out_of_memory", "raise SystemExit(77)"),
        ("bom_parse_out_of_memory", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
        (
            "bom_parse_out_of_memory",
            "import os,sys; print('memory allocation of 9 bytes failed', file=sys.stderr); os.abort()",
        ),
    ],
)
def test_every_other_ending(slug: str, code: str, bom_file: Path) -> None:
    error = run(f"import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); {code}", bom_file)
    assert (error.slug, bool(error.hint)) == (slug, True)


def test_endless_output_is_cut_off(bom_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.imports.sandbox.MAX_RESULT_BYTES", 1_000_000)
    assert run("while True: print('x' * 10000)", bom_file).slug == "bom_too_large"
    assert run("import sys\nfor _ in range(3000): sys.stderr.write('x' * 1000)", bom_file).slug == "bom_damaged"


def test_the_child_knows_no_secrets(bom_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANANTA_SECRET_KEY", "sesame")
    code = "import json, os; print(json.dumps({'error': dict(slug='bom_empty', message=' '.join(sorted(os.environ)))}))"
    names = run(code, bom_file).message.split()
    assert set(names) <= {"LC_ALL", "LC_CTYPE", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUTF8"}


def test_the_child_can_write_no_files(bom_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "written"
    code = (
        "from workers.imports.child import set_limits\n"
        "set_limits(512 * 1024 * 1024, 5)\n"
        f"f = open({str(target)!r}, 'w'); f.write('x' * 100); f.flush()\n"
    )
    assert run(code, bom_file).slug == "bom_damaged"
    assert target.stat().st_size == 0


def test_cancelling_ends_the_child(bom_file: Path, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    async def cancel() -> None:
        task = asyncio.create_task(run_child([sys.executable, "-c", code], bom_file, "x", LIMITS))
        while not (pid_file.exists() and pid_file.read_text()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert has_ended(int(pid_file.read_text()))


def test_several_at_once_leave_nothing_open(bom_file: Path) -> None:
    async def all_at_once() -> int:
        boms = await asyncio.gather(*(parse_in_child(bom_file, "x", LIMITS) for _ in range(4)))
        return sum(len(bom.lines) for bom in boms)

    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    assert asyncio.run(all_at_once()) == 8
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) <= before + 1

"""The child process: its limits, and every way it can end, with real processes."""

import asyncio
import io
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ananta.settings import ROOT
from workers.imports import BomFileError, ParsedBom, ParseLimits, parse_file, parse_in_child
from workers.imports.child import NICENESS, storable
from workers.imports.model import Mapping, ParseOptions
from workers.imports.requests import Request, options_of
from workers.imports.sandbox import Lines, read_in_child, run_child

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


def run_python(code: str, path: Path, *, seconds: float = 20, until: int = 10**6) -> tuple[str | None, list[Lines]]:
    """What a program in the child's place is taken to say; after so many parts no more is wanted."""
    taken: list[Lines] = []

    async def take(part: Lines) -> bool:
        taken.append(part)
        return len(taken) < until

    request = Request(str(path), "x.csv", ParseLimits(seconds=seconds), ParseOptions())
    return asyncio.run(run_child([sys.executable, "-c", code], request, take)), taken


def run(code: str, path: Path, *, seconds: float = 20) -> BomFileError:
    with pytest.raises(BomFileError) as caught:
        run_python(code, path, seconds=seconds)
    return caught.value


def read(path: Path, name: str) -> tuple[dict[str, Any], list[Lines]]:
    taken: list[Lines] = []

    async def take(part: Lines) -> bool:
        taken.append(part)
        return True

    return json.loads(asyncio.run(read_in_child(path, name, LIMITS, take)) or ""), taken


def test_the_child_reads_what_the_parent_would(bom_file: Path) -> None:
    bom = asyncio.run(parse_in_child(bom_file, bom_file.name, LIMITS))
    assert bom == parse_file(bom_file, bom_file.name, limits=ParseLimits(max_lines=100))
    assert [w.code for w in bom.lines[1].warnings] == ["quantity_reference_mismatch"]


def test_the_result_is_passed_on_as_text(bom_file: Path) -> None:
    header, (part,) = read(bom_file, bom_file.name)
    assert "lines" not in header
    assert header["header_row"] == 1
    assert header["columns"][3] | {"confidence": 0} == {
        "number": 4,
        "name": "MPN",
        "field": "mpn",
        "priority": 1,
        "confidence": 0,
        "samples": ["RC0603FR-0710KL"],
        "alternatives": [],
    }
    lines = json.loads(part.json)
    assert part.file_count == 2
    assert [line["reference_designators"] for line in lines] == [["R1", "R2", "R3"], ["C1"]]
    assert ParsedBom.from_dict({**header, "lines": lines}) == parse_file(bom_file, bom_file.name)


def test_many_lines_come_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_bytes(b"Reference,Quantity,Value\n" + b"".join(b"R%d,1,10k\n" % i for i in range(1, 5502)))
    _, parts = read(path, "many.csv")
    assert [part.file_count for part in parts] == [5501] * 3
    assert [line["position"] for part in parts for line in json.loads(part.json)] == list(range(1, 5502))


def test_a_child_whose_lines_are_not_wanted_is_stopped(bom_file: Path) -> None:
    code = "while True: print('lines 9 4', end='\\n[{}]', flush=True)"
    header, taken = run_python(code, bom_file, until=3)
    assert (header, taken) == (None, [Lines(9, "[{}]")] * 3)


def test_lines_before_an_error_count_for_nothing(bom_file: Path) -> None:
    said = json.dumps({"slug": "bom_empty", "message": "m", "detail": "", "hint": "h"})
    assert run(f"print('lines 1 4', end='\\n[{{}}]error {len(said)}\\n{said}')", bom_file).slug == "bom_empty"


def test_what_no_database_stores_is_left_out(tmp_path: Path) -> None:
    assert storable(json.dumps("a\0b\\u0000c\\\0d")) == rb'"ab\\u0000c\\d"'
    assert storable("half \ud800 of a pair") == b"half ? of a pair"
    path = tmp_path / "nul.csv"
    path.write_bytes(b"Reference,Quantity,Value\nR1,1,1\x000k\nR2,1,\\u0000\n")
    _, (part,) = read(path, "nul\0.csv")
    assert "\0" not in part.json
    assert "10k" in part.json
    assert json.loads(part.json)[1]["raw"]["Value"] == "\\u0000"


def test_limits_and_options_reach_the_child(bom_file: Path) -> None:
    limits = ParseLimits(max_rows=7, max_columns=8, max_cells=9, max_cell_chars=10, max_sheets=11, seconds=1.5)
    mapping = Mapping("Übersicht", 3, {"mpn": ["Nr.", 4], "value": [2]})
    options = ParseOptions(mapping, {"ab12": {"references": ["Ref"]}})
    request = Request("/x", "name\ud800", limits, options)
    assert Request.from_json(request.to_json()) == request
    assert request.cpu_seconds == 2
    given = ParseOptions(Mapping(columns={"references": ["Reference"], "value": [4]}))
    bom = asyncio.run(parse_in_child(bom_file, "x.csv", LIMITS, given))
    assert (bom.mapping_source, bom.mapping) == ("given", {"references": ["Reference"], "value": ["MPN"]})


@pytest.mark.parametrize("remembered", [None, 3, [], {"a": 3, "b": {"mpn": ["x"]}}])
def test_options_from_a_database_may_hold_anything(remembered: object) -> None:
    kept = {"b": {"mpn": ["x"]}} if isinstance(remembered, dict) else {}
    assert options_of({"mapping": None, "remembered": remembered}) == ParseOptions(None, kept)
    assert options_of({"mapping": {"sheet": "A", "odd": 1}}) == ParseOptions(Mapping("A"))
    with pytest.raises(BomFileError):
        options_of({"mapping": "A"})


def test_errors_bring_a_preview(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Dear all,please\nsee,below\n")
    preview = parse(path).preview
    assert preview is not None
    assert preview["rows"] == [{"number": 1, "cells": ["Dear all", "please"]}, {"number": 2, "cells": ["see", "below"]}]


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
    small = ParseLimits(memory_bytes=256 * 1024 * 1024)
    assert parse(path, small).slug in {"bom_not_recognized", "bom_too_large"}


def test_more_text_than_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"Reference,Quantity,Value\n" + b"".join(b"R%d,1,10k\n" % i for i in range(200_000)))
    limits = ParseLimits(max_lines=300_000, max_rows=300_000, seconds=60, memory_bytes=160 * 1024 * 1024)
    assert parse(path, limits).slug == "bom_parse_out_of_memory"


def test_too_slow(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"Reference,Quantity,Value\n" + b"".join(b"R%d,1,10k\n" % i for i in range(200_000)))
    started = time.monotonic()
    assert parse(path, ParseLimits(max_lines=300_000, max_rows=300_000, seconds=0.4)).slug == "bom_parse_timeout"
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


ODD_SLUG = '{"slug": "odd", "message": "m", "detail": "d", "hint": "h"}'
_FIELDS = {"format": "", "encoding": "", "delimiter": "", "sheet": "", "header_row": 1}
_JSON = json.dumps(_FIELDS | {"columns": [], "sheets": [], "warnings": []})
HEADER = f"bom {len(_JSON)}\n{_JSON}"
LINES = "lines 1 4\n[{}]"


def test_the_least_a_child_may_answer(bom_file: Path) -> None:
    assert run_python(f"print({LINES + HEADER!r}, end='')", bom_file) == (_JSON, [Lines(1, "[{}]")])


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        ("bom_damaged", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"),
        ("bom_damaged", "import os; os.abort()"),
        ("bom_damaged", "raise SystemExit(3)"),
        ("bom_damaged", "raise ValueError('bug')"),
        ("bom_damaged", "print('garbage')"),
        ("bom_damaged", "print('bom 2', end='\\n{}')"),  # a header that is none
        ("bom_damaged", "print('bom')"),
        ("bom_damaged", "print('bom 2')"),
        ("bom_damaged", "print('bom -1', end='\\n{}')"),
        ("bom_damaged", "print('bom 99', end='\\n{}')"),
        ("bom_damaged", "print('bom x')"),
        ("bom_damaged", "print('odd 2', end='\\n{}')"),
        ("bom_damaged", f"print({HEADER!r}, end='more')"),
        ("bom_damaged", f"print({LINES!r}, end='')"),  # and nothing of the whole
        ("bom_damaged", f"print({HEADER!r}, end=''); raise SystemExit(3)"),
        ("bom_damaged", "print('lines 1 4', end='\\n{[]}')"),
        ("bom_damaged", "print('lines 1 5', end='\\n[{\\0}]')"),
        ("bom_damaged", "print('lines 0 4', end='\\n[{}]')"),
        ("bom_damaged", "print('lines 4', end='\\n[{}]')"),
        ("bom_damaged", "print('x' * 1000000)"),
        ("bom_damaged", "print('error 2', end='\\n{}')"),
        ("bom_damaged", "print('error 12', end='\\n{\"odd\": 300}')"),
        ("bom_damaged", f"print('error {len(ODD_SLUG)}', end={chr(10) + ODD_SLUG!r})"),
        ("bom_damaged", "print('error 200001', end='\\n' + '[' * 200001)"),
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
    endless = "while True: print('lines 1 10000', end='\\n[{' + ' ' * 9996 + '}]')"
    assert run(endless, bom_file).slug == "bom_too_large"
    assert run("print('lines 1 1000001')", bom_file).slug == "bom_too_large"
    assert run("import sys\nfor _ in range(3000): sys.stderr.write('x' * 1000)", bom_file).slug == "bom_damaged"


def test_the_child_knows_no_secrets(bom_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANANTA_SECRET_KEY", "sesame")
    names = told("' '.join(sorted(os.environ))", bom_file).split()
    assert set(names) <= {"LC_ALL", "LC_CTYPE", "PATH", "PYTHONPATH", "PYTHONUTF8"}


def told(expression: str, path: Path, before: str = "") -> str:
    """What an expression is in the child."""
    code = (
        f"import json, os, sys\n{before}\n"
        f"error = json.dumps(dict(slug='bom_empty', message={expression}, detail='', hint=''))\n"
        "print(f'error {len(error)}', end=f'\\n{error}')"
    )
    return run(code, path).message


def test_the_child_gives_way_and_starts_nothing(bom_file: Path) -> None:
    limits = "from resource import *\nfrom workers.imports.child import set_limits\nset_limits(400 * 1024 * 1024, 5)"
    expression = "repr((os.nice(0), [getrlimit(r) for r in (RLIMIT_NPROC, RLIMIT_AS, RLIMIT_CPU, RLIMIT_CORE)]))"
    memory = 400 * 1024 * 1024
    assert told(expression, bom_file, limits) == repr((NICENESS, [(0, 0), (memory, memory), (5, 6), (0, 0)]))
    assert told("open('/proc/self/oom_score_adj').read().strip()", bom_file, limits) == "1000"


def test_the_child_loads_no_more_than_it_needs(bom_file: Path) -> None:
    before = "import workers.imports.child, workers.imports.parser, workers.imports.requests"
    assert told("' '.join(sys.modules)", bom_file).find("json") >= 0
    loaded = told("' '.join(sys.modules)", bom_file, before).split()
    assert not {"asyncio", "rapidfuzz", "psycopg", "pydantic", "socket", "ssl"} & set(loaded)


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

    async def never(_: Lines) -> bool:
        raise AssertionError("no lines were written")

    async def cancel() -> None:
        request = Request(str(bom_file), "x", LIMITS, ParseOptions())
        task = asyncio.create_task(run_child([sys.executable, "-c", code], request, never))
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


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children with their parent on Linux only")
def test_the_child_ends_with_a_killed_worker(tmp_path: Path) -> None:
    pipe = tmp_path / "a file.csv"
    os.mkfifo(pipe)
    worker = "import asyncio, sys; from workers.imports import parse_in_child, ParseLimits; from pathlib import Path;"
    worker += "asyncio.run(parse_in_child(Path(sys.argv[1]), 'x.csv', ParseLimits()))"
    with subprocess.Popen([sys.executable, "-c", worker, pipe], env=os.environ | {"PYTHONPATH": str(ROOT)}) as process:
        try:
            with pipe.open("wb", buffering=0) as end:  # opens once the child reads
                process.kill()
                process.wait()
                reader = select.poll()
                reader.register(end, select.POLLERR)
                assert reader.poll(5000)  # nobody reads any more
        finally:
            process.kill()

"""Imports from accepted upload to ready, as a share of COPY of the same lines into the same indexed table (goal P11),
the memory of the child that parses, and another tenant's small import meanwhile (goal R19).

    bin/ananta bench bom-import [--lines 10000 100000] [--bad 1 20] [--rounds 3] [--formats csv xlsx] [--seed 1]
"""

import argparse
import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from ananta.settings import ROOT, Plane
from bench import bom_files
from bench.harness import Figure, report
from bench.memory import peak_memory
from tests.support.platform import Platform, Tenant
from workers.imports.model import ParseLimits

CATALOGUE_PARTS = 200_000
LIMITS = ParseLimits(max_bytes=100 * 1024 * 1024, max_lines=100_000)
SMALL = ROOT / "seeds" / "boms" / "014-glasgow-revc2.csv"
COLUMNS = (
    "organization_id, bom_id, position, row_number, raw, reference_designators, dnp_reference_designators, quantity,"
    " total_quantity, unit, mpn, manufacturer, supplier, supplier_sku, value, package, description, internal_number,"
    " unit_price, currency, level, parent_position, is_assembly, variants, is_dnp, warnings"
)


@dataclass
class ImportBench:
    """A running platform with a tenant that imports much and one that imports little."""

    platform: Platform
    http: httpx.AsyncClient
    db: psycopg.Connection[Any]
    big: Tenant
    small: Tenant
    figures: list[Figure] = field(default_factory=list)

    async def imported(self, tenant: Tenant, path: Path) -> tuple[str, float]:
        """The BOM, and the seconds from its row (the accepted upload) to ready."""
        bom = await tenant.owner.upload(path)
        while True:
            await asyncio.sleep(0.02)
            row = self.db.execute(
                "select status, extract(epoch from updated_at - created_at), error from public.boms where id = %s",
                (bom["id"],),
            ).fetchone()
            assert row is not None
            if row[0] == "failed":
                raise SystemExit(f"{path.name}: {row[2]}")
            if row[0] == "ready":
                return str(bom["id"]), float(row[1])

    def copied(self, bom_id: str) -> float:
        """Seconds that COPY of the lines of a BOM takes into another one of the same table."""
        twin = self.db.execute(
            "insert into public.boms"
            " (organization_id, project_id, name, file_name, file_sha256, file_size)"
            " select organization_id, project_id, name, file_name, file_sha256, file_size"
            " from public.boms where id = %s returning id",
            (bom_id,),
        ).fetchone()
        assert twin is not None
        select = COLUMNS.replace("bom_id", f"'{twin[0]}'::uuid")
        query = (
            f"copy (select {select} from public.bom_line_items where bom_id = '{bom_id}' order by position) to stdout"  # noqa: S608
        )
        with self.db.cursor().copy(query.encode()) as copy:
            rows = b"".join(bytes(part) for part in copy)
        started = time.perf_counter()
        with self.db.cursor().copy(f"copy public.bom_line_items ({COLUMNS}) from stdin".encode()) as copy:
            copy.write(rows)
        seconds = time.perf_counter() - started
        self.forget(str(twin[0]))
        return seconds

    def forget(self, bom_id: str) -> None:
        """Leave the tables as they were before, suggestions that still wait included."""
        self.db.execute("select pgmq.purge_queue('bom_suggestions')")
        self.db.execute("delete from public.boms where id = %s", (bom_id,))
        self.db.execute("delete from public.components")
        self.db.execute("vacuum analyze public.bom_line_items")
        self.db.execute("vacuum analyze public.components")

    async def compare(self, name: str, path: Path, lines: int, rounds: int) -> None:
        """Import and COPY in turn, so that both meet the same machine."""
        rates, shares = [], []
        for _ in range(rounds):
            bom_id, seconds = await self.imported(self.big, path)
            baseline = self.copied(bom_id)
            self.forget(bom_id)
            rates.append(lines / seconds)
            shares.append(baseline / seconds)
            print(f"{name}: import {seconds:.2f} s, COPY {baseline:.2f} s, share {baseline / seconds:.3f}", flush=True)
        self.figures += [
            Figure(f"{name}: lines/s", "", "-", rates),
            Figure(f"{name}: share of COPY", "", ">= 0.25 (0.5)", shares),
        ]

    async def disturb(self, path: Path, rounds: int) -> None:
        """The small tenant's import alone, and while the large one runs."""
        alone = [await self._small() for _ in range(max(5, rounds))]
        ratios = []
        for _ in range(rounds):
            running = asyncio.create_task(self.imported(self.big, path))
            await asyncio.sleep(0.5)
            beside = []
            while not running.done():
                beside.append(await self._small())
            self.forget((await running)[0])
            ratios.append(statistics.median(beside) / statistics.median(alone))
            print(
                f"small import: alone {statistics.median(alone):.2f} s, beside {statistics.median(beside):.2f} s",
                flush=True,
            )
        self.figures.append(Figure(f"small import beside {path.name} / alone", "", "<= 1.5", ratios))

    async def _small(self) -> float:
        bom_id, seconds = await self.imported(self.small, SMALL)
        self.db.execute("delete from public.boms where id = %s", (bom_id,))
        return seconds


async def run(arguments: argparse.Namespace, platform: Platform, folder: Path) -> list[Figure]:
    """Everything asked for."""
    async with platform.client() as http:
        big, small = await platform.sign_up(http, "big", "plan-professional"), await platform.sign_up(http, "small")
        with psycopg.connect(platform.dsn(Plane.APP), autocommit=True) as db:
            db.execute("update public.organizations set max_components = null, max_storage_gb = null")
            db.execute(bom_files.CATALOGUE, (CATALOGUE_PARTS,))
            db.execute("vacuum analyze public.catalogue_parts")
            makers = [row[0] for row in db.execute(bom_files.MAKERS)]
            largest: Path | None = None
            bench = ImportBench(platform, http, db, big, small)
            write: dict[str, Callable[..., Path]] = {"csv": bom_files.write_csv, "xlsx": bom_files.write_xlsx}
            for lines, bad, suffix in itertools.product(arguments.lines, arguments.bad, arguments.formats):
                name = f"{lines} lines {suffix}, {bad} % bad"
                rows = bom_files.lines(lines, CATALOGUE_PARTS, bad, makers, arguments.seed)
                path = write[suffix](folder / f"{lines}-{bad}.{suffix}", rows)
                memory, seconds = await peak_memory(path, LIMITS)
                bench.figures.append(Figure(f"{name}: child memory", "MiB", "<= 256", [memory / 1024 / 1024]))
                bench.figures.append(Figure(f"{name}: child CPU", "s", "-", [seconds]))
                await bench.compare(name, path, lines, arguments.rounds)
                largest = path if lines == max(arguments.lines) and suffix == "csv" else largest
            if largest:
                await bench.disturb(largest, arguments.rounds)
            return bench.figures


def main() -> None:
    """Parse the arguments, run, report."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench bom-import", description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--bad", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--formats", nargs="+", choices=("csv", "xlsx"), default=["csv", "xlsx"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        platform = Platform(Path(folder) / "state", {"ANANTA_BOM_MAX_BYTES": str(100 * 1024 * 1024)})
        platform.start()
        try:
            figures = asyncio.run(run(arguments, platform, Path(folder)))
        finally:
            platform.stop()
    report("bom-import", figures, seed=arguments.seed)


if __name__ == "__main__":
    main()

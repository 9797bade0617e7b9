"""Every measurement, one after another, and one table of all their figures.

    bin/ananta bench all [--quick] [--only NAME ...] [--skip NAME ...]

--quick is small sizes and few rounds: whether it works, not how fast it is. Hours without, minutes with.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from ananta.settings import ROOT
from bench.harness import RESULTS, Figure, measurements, print_table

QUICK = {
    "audit_log": "--rounds 1 --rows 200 --writes 10 --writers 2",
    "bom_import": "--rounds 1 --lines 500",
    "counters": "--rounds 1 --rows 1000 --each 10",
    "growth": "--rounds 1 --organizations 10 100 --each 20 --repeats 3",
    "idempotency": "--rounds 1 --each 5 --clients 2",
    "lists": "--rounds 1 --sizes 1000 --depth 500 --seconds 1",
    "noisy_tenant": "--rounds 1 --lines 1000 --seconds 3",
    "observability": "--rounds 1 --each 50",
    "poison": "--rounds 1 --messages 40 --share 0.05",
    "queue_reads": "--rounds 1 --hidden 1000 --each 20 --seconds 1",
    "queues": "--rounds 1 --messages 500 --waiting 2000 --open-seconds 3",
    "quota_races": "--rounds 2",
    "rest": "--rounds 1 --rows 1000 --seconds 1",
    "row_security": "--rounds 1 --rows 5000 --organizations 10 --repeats 3 --inserts 200 --search-rows 200 500",
    "start": "--rounds 1 --idle-seconds 2",
}


def run(name: str, options: list[str]) -> tuple[list[Figure], bool]:
    """One measurement; its figures, and whether it came to its end."""
    print(f"\n== {name.replace('_', '-')} {' '.join(options)}", flush=True)
    started = time.time()
    command = [sys.executable, "-P", "-m", f"bench.{name}", *options]
    has_ended = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    kept = sorted(path for path in RESULTS.glob("*.json") if path.stat().st_mtime >= started)
    return [figure for path in kept for figure in figures_in(path)], has_ended


def figures_in(path: Path) -> list[Figure]:
    """The figures that a report kept, under its name."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return [Figure(**figure | {"name": f"{content['bench']}: {figure['name']}"}) for figure in content["figures"]]


def main() -> int:
    """Parse the arguments, run, report; 1 if a measurement failed."""
    names = measurements()
    parser = argparse.ArgumentParser(prog="bin/ananta bench all", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=[name.replace("_", "-") for name in names])
    parser.add_argument("--skip", nargs="+", choices=[name.replace("_", "-") for name in names], default=[])
    arguments = parser.parse_args()
    figures: list[Figure] = []
    failed = []
    for name in names:
        shown = name.replace("_", "-")
        if shown in arguments.skip or shown not in (arguments.only or [shown]):
            continue
        found, has_ended = run(name, QUICK[name].split() if arguments.quick else [])
        figures += found
        if not has_ended:
            failed.append(shown)
    if figures:
        print("\n== all")
        print_table(figures)
        missed = sum(figure.is_missed for figure in figures)
        print(f"\n{len(figures)} figures, {missed} beyond their goal")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

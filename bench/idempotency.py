"""What an Idempotency-Key costs (R13): a POST that inserts a component, with a key and without, in turn, and the
repeated one; by one caller after another, and by several at once.

    bin/ananta bench idempotency [--rounds 7] [--each 60] [--clients 8] [--seed N]
"""

import argparse
import asyncio
import itertools
import random
import secrets
import tempfile
import time
import uuid
from pathlib import Path

import httpx

from bench.harness import Figure, report
from tests.support.companies import Company
from tests.support.platform import Platform
from tests.support.world import World

PATH = "/api/app/rest/v1/components?select=id,mpn"
ROWS = {"Prefer": "return=representation"}


class Callers:
    """Inserts of one company's owner."""

    def __init__(self, company: Company, http: httpx.AsyncClient, each: int) -> None:
        self._company = company
        self._http = http
        self._each = each
        self._numbers = itertools.count()

    async def seconds(self, clients: int, *, keyed: bool, repeated: bool = False) -> float:
        """Seconds a request, of ``clients`` at once."""
        count = self._each // clients * clients
        sent = [(f"P{next(self._numbers)}", str(uuid.uuid4()) if keyed else None) for _ in range(count)]
        if repeated:
            await self._all(sent, clients)
        started = time.perf_counter()
        await self._all(sent, clients)
        return (time.perf_counter() - started) / count

    async def _all(self, sent: list[tuple[str, str | None]], clients: int) -> None:
        async def some(part: list[tuple[str, str | None]]) -> None:
            for mpn, key in part:
                headers = self._company.headers | ROWS | ({"Idempotency-Key": key} if key else {})
                (await self._http.post(PATH, json={"mpn": mpn}, headers=headers)).raise_for_status()

        await asyncio.gather(*(some(sent[place::clients]) for place in range(clients)))


async def run(company: Company, platform: Platform, arguments: argparse.Namespace) -> list[Figure]:
    """Everything, each round in an order of its own."""
    dice, found = random.Random(arguments.seed), dict[tuple[str, int], list[float]]()  # noqa: S311
    kinds = {"plain": (False, False), "keyed": (True, False), "repeated": (True, True)}
    limits = httpx.Limits(max_connections=arguments.clients, keepalive_expiry=2.0)
    async with httpx.AsyncClient(base_url=platform.url, timeout=30, limits=limits) as http:
        callers = Callers(company, http, arguments.each)
        for number in range(arguments.rounds + 1):
            company.sign_in()
            for name, clients in dice.sample(list(itertools.product(kinds, (1, arguments.clients))), len(kinds) * 2):
                keyed, repeated = kinds[name]
                seconds = await callers.seconds(clients, keyed=keyed, repeated=repeated)
                if number:  # the first warms up
                    found.setdefault((name, clients), []).append(seconds * 1000)
    figures = [
        Figure(f"{name}, {clients} at once: a request", "ms", "-", values)
        for (name, clients), values in sorted(found.items())
    ]
    for clients in (1, arguments.clients):
        for name in ("keyed", "repeated"):
            pairs = zip(found[name, clients], found["plain", clients], strict=True)
            figures.append(Figure(f"{name} / plain, {clients} at once", "", "-", [one / other for one, other in pairs]))
    return figures


def main() -> int:
    """Parse the arguments, start a platform, measure."""
    parser = argparse.ArgumentParser(prog="bin/ananta bench idempotency", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--each", type=int, default=60, help="requests of a kind in a round")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ananta-bench-") as folder:
        platform = Platform(Path(folder) / "state")
        try:
            platform.start()
            company = Company(World(platform, {}))
            figures = asyncio.run(run(company, platform, arguments))
        finally:
            platform.stop()
    report("idempotency", figures, seed=arguments.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

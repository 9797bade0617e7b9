"""Whatever is killed, whenever: nothing is lost, nothing is done twice, and what is asked next is done soon.

``ANANTA_TEST_KILLS=1000`` is the whole form; ``ANANTA_SEED`` repeats one.
"""

import asyncio
import os
import random
import secrets
import time
from collections import defaultdict

from ananta.demo.client import Person
from ananta.settings import Plane
from tests.support import tallies
from tests.support.faults import ONCE, FaultyPlatform, Run, steadily, until
from tests.support.importer import Importer, assert_complete, signed_in
from tests.support.platform import run

# What is killed, and how often of a hundred times; the first ones are one of each.
VICTIMS = {
    "worker": 40,
    "backend": 25,
    "postgrest-app": 8,
    "postgrest-control": 6,
    "edge-app": 5,
    "edge-control": 5,
    "gateway": 4,
    "issuer": 4,
    "postgres": 3,
}
KILLS = int(os.environ.get("ANANTA_TEST_KILLS", len(VICTIMS) + 3))
KILLS_A_FILE = (
    8  # so many, about, while one is imported; each comes with a lead, verified before: a mailed link works once
)
LOOKED_AFTER = 10  # every tenth kill, how soon the next message is done
RECOVERY_SECONDS = 2 + 10  # the platform's visibility time, and ten


def kill(faulty: FaultyPlatform, victim: str, chance: random.Random) -> None:
    """A process of ours, or one connection of PostgreSQL's."""
    if victim != "backend":
        faulty.kill(victim)
        return
    faulty.look(
        chance.choice(list(Plane)),
        """select pg_terminate_backend(pid) from (
            select pid from pg_stat_activity where usename ~ '_(worker|edge|authenticator)$' order by md5(pid || %s)
            limit 1) as victim""",
        (str(chance.random()),),
    )


def ask(faulty: FaultyPlatform, email: str) -> None:
    """A lead, as a signup makes one; one, though the answer may be lost and this asked again."""
    faulty.look(
        Plane.CONTROL,
        """insert into tenant_management.leads (first_name, last_name, company_name, email, source)
        select 'Ada', 'Lovelace', 'Acme', %s, 'website'
        where not exists (select from tenant_management.leads where email = %s)
        returning private.enqueue('notifications', 'lead.created', id::text, '{}')""",
        (email, email),
    )


async def recovery(faulty: FaultyPlatform, email: str) -> float:
    """How long until a message that is sent now has had its effect, in seconds."""
    began = time.monotonic()
    await asyncio.to_thread(ask, faulty, email)
    await until(lambda: faulty.mails(email, "verify"), 60)
    return time.monotonic() - began


def test_nothing_is_lost_and_nothing_is_done_twice(faulty: FaultyPlatform, importer: Importer) -> None:
    seed = int(os.environ.get("ANANTA_SEED", secrets.randbelow(10**6)))
    chance, word = random.Random(seed), secrets.token_hex(3)
    victims = chance.sample(list(VICTIMS), len(VICTIMS))
    victims += chance.choices(list(VICTIMS), list(VICTIMS.values()), k=max(0, KILLS - len(victims)))
    recovered: dict[str, list[float]] = defaultdict(list)
    boms: list[str] = []
    tenants: list[Run] = []

    async def check() -> None:
        async with signed_in(faulty, importer) as owner:
            people = [f"killed-{word}-{number}" for number in range(1 + KILLS // KILLS_A_FILE)]
            leads = [
                (
                    key,
                    await faulty.verified_lead(
                        owner.http, Person("Ada", "Lovelace", f"ada@{key}.example"), f"Company {key}"
                    ),
                )
                for key in people
            ]

            async def more() -> None:
                upload = secrets.token_hex(8)
                bom = await steadily(lambda: owner.upload(importer.bom, **{"Idempotency-Key": upload}))
                boms.append(bom["id"])
                if leads:
                    key, lead = leads.pop()
                    tenants.append(await faulty.create_tenant(lead, key))

            asking = asyncio.create_task(more())
            for number, victim in enumerate(victims):
                is_looked_after = number < len(VICTIMS) or number % LOOKED_AFTER == 0
                if is_looked_after:  # the kills before have had their time: what follows is this one's
                    await recovery(faulty, f"{word}-{number}-before@kills.example")
                await asyncio.sleep(chance.uniform(0.1, 0.9))
                await asyncio.to_thread(kill, faulty, victim, chance)
                if is_looked_after:
                    recovered[victim].append(await recovery(faulty, f"{word}-{number}-after@kills.example"))
                if asking.done() and faulty.imported(boms[-1])["status"] == "ready":
                    await asking
                    asking = asyncio.create_task(more())
            await asking
            for bom in boms:
                assert_complete(await faulty.until_imported(bom))
            for tenant in tenants:
                await faulty.until(tenant, "completed", "halted")
                assert faulty.effects(tenant) == ONCE, f"seed {seed}"
            await faulty.until_quiet()

    began = time.monotonic()
    run(check())
    slowest = {victim: round(max(seconds), 1) for victim, seconds in sorted(recovered.items())}
    tallies.tally(
        f"kills: {len(victims)} in {time.monotonic() - began:.0f} s while {len(boms)} files were imported and"
        f" {len(tenants)} tenants made, 0 lost, 0 twice; the next message was done within (seconds) {slowest};"
        f" seed {seed}"
    )
    assert faulty.dead_letters() == [], f"seed {seed}"
    mailed = [mail.to[0] for mail in faulty.mails_of_all() if mail.to[0].startswith(f"{word}-")]
    assert len(mailed) == len(set(mailed)) == 2 * sum(map(len, recovered.values())), f"seed {seed}"
    assert max(slowest.values()) <= RECOVERY_SECONDS, f"seed {seed}: {slowest}"

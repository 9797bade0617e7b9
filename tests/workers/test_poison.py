"""Poison of every kind in every queue, against two real worker processes: given up with its cause, and nothing else.

``ANANTA_TEST_POISON=all`` has a message that kills its process in each queue, not only in one.
"""

import os
import random
import secrets
import time
from pathlib import Path

from psycopg.types.json import Jsonb

from ananta.embedded import processes
from ananta.settings import Plane
from ananta.standins.mailbox import Mailbox
from tests.support.poisoned_worker import MAX_ATTEMPTS
from tests.support.worker_processes import environment_for, restarted
from tests.workers.conftest import POISON, Superuser, message
from workers.messages import NO_MESSAGE, TOO_LARGE

QUEUES = [
    *((Plane.CONTROL, queue) for queue in ("workflows", "notifications", "webhooks")),
    *((Plane.APP, queue) for queue in ("identities", "notifications", "webhooks", "bom_imports", "bom_suggestions")),
]
DEADLY = None if os.environ.get("ANANTA_TEST_POISON") == "all" else 1
LEADS = 40
CAUSES = {
    "kills": "tries used up: the worker died, or the work never ended",
    "hangs": "TimeoutError",
    "raises": "RuntimeError: always",
}


def test_poison_of_each_kind_in_every_queue(
    cluster: str, app_plane: Superuser, control_plane: Superuser, tmp_path: Path
) -> None:
    seed = secrets.randbelow(10**6)
    chance = random.Random(seed)
    superusers = {Plane.CONTROL: control_plane, Plane.APP: app_plane}
    deadly = chance.sample(QUEUES, DEADLY) if DEADLY else QUEUES
    expected: dict[str, str] = {}
    for plane, queue in QUEUES:
        kinds = [kind for kind in CAUSES if kind != "kills" or (plane, queue) in deadly]
        bodies = [message("poison", "1", poison=kind) for kind in kinds]
        expected |= {body["event_id"]: CAUSES[body["poison"]] for body in bodies}
        mixed = [*bodies, *POISON]
        chance.shuffle(mixed)
        send = "select pgmq.send_batch(%s, %s)"
        superusers[plane].rows(send, (queue, [Jsonb(body) for body in mixed]))
    rows = control_plane.rows(
        """insert into tenant_management.leads (first_name, last_name, company_name, email, source)
        select 'Ada', 'Lovelace', 'Acme', format('poison-%%s@leads.example', n), 'website'
        from generate_series(1, %s) as n
        returning id, private.enqueue('notifications', 'lead.created', id::text, '{}')""",
        (LEADS,),
    )
    environment = environment_for(cluster, tmp_path)

    def left() -> int:
        count = "select count(*) from pgmq.q_{}"
        return sum(superusers[plane].rows(count.format(queue))[0]["count"] for plane, queue in QUEUES)

    try:
        began = time.monotonic()
        with (
            restarted(environment, tmp_path / "1.log") as first,
            restarted(environment, tmp_path / "2.log") as second,
        ):
            ended = processes.wait_until(lambda: left() == 0, 30 + 30 * len(deadly))
            kills = (first + second).count(-9)
        seconds = time.monotonic() - began
        print(f"seed {seed}: {len(expected) + len(POISON) * len(QUEUES)} poisoned, {kills} deaths in {seconds:.0f} s")
        assert ended, f"seed {seed}: {left()} left"
        buried = [
            row
            for superuser in superusers.values()
            for row in superuser.rows("select queue, message, attempt_count, error from private.dead_letters")
        ]
        told = {row["message"]["event_id"]: row for row in buried if row["error"] not in {NO_MESSAGE, TOO_LARGE}}
        assert {key: row["error"].partition("; its subject")[0] for key, row in told.items()} == expected, (
            f"seed {seed}"
        )
        malformed = [row["error"] for row in buried if row["error"] in {NO_MESSAGE, TOO_LARGE}]
        assert len(malformed) == len(POISON) * len(QUEUES), f"seed {seed}"
        assert len(buried) == len(expected) + len(malformed), f"seed {seed}: nothing else is given up"
        assert kills <= len(deadly) * (MAX_ATTEMPTS + 1), f"seed {seed}"
        letters = Mailbox(tmp_path / "mailbox").messages()
        assert sorted(to for letter in letters for to in letter.to) == sorted(
            f"poison-{n}@leads.example" for n in range(1, LEADS + 1)
        ), f"seed {seed}: one mail to each, though the worker died beside them"
        assert (first[-1], second[-1]) == (0, 0), "stopped, they end well"
    finally:
        control_plane.rows("delete from tenant_management.leads where id = any(%s)", ([row["id"] for row in rows],))
        for plane, queue in QUEUES:
            superusers[plane].rows(f"delete from pgmq.q_{queue}")  # noqa: S608
            superusers[plane].rows("delete from private.dead_letters")

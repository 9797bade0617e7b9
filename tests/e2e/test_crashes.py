"""Killed at any time, the platform ends where it would have: nothing lost, nothing twice, nothing given up."""

import asyncio
import random
import secrets
import time
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from ananta.demo.client import Person
from ananta.settings import Plane
from tests.support.faults import IMPORT_FAILPOINTS, ONCE, QUEUES, FaultyPlatform, steadily, until, write_bom
from tests.support.importer import Importer, assert_complete, signed_in
from tests.support.platform import run

SERVERS = {
    "postgrest": ("postgrest-control", "postgrest-app"),
    "edges": ("edge-control", "edge-app", "gateway"),
    "issuer": ("issuer",),
    "postgres": ("postgres",),
}


@pytest.mark.parametrize("servers", SERVERS)
def test_servers_killed_in_the_middle(faulty: FaultyPlatform, importer: Importer, servers: str) -> None:
    async def check() -> None:
        async with signed_in(faulty, importer) as owner:
            key = f"middle-{secrets.token_hex(3)}"
            person = Person("Grace", "Hopper", f"grace@{key}.example")
            lead = await faulty.verified_lead(owner.http, person, f"Company {key}")
            bom = await owner.upload(importer.bom)
            await until(lambda: faulty.imported(bom["id"])["status"] in {"parsing", "parsed", "matching"}, 20)
            tenant = await faulty.create_tenant(lead, key)
            await faulty.until(tenant, "running")
            at_kill = faulty.workflow(tenant)["status"], faulty.imported(bom["id"])["status"]
            for name in SERVERS[servers]:
                faulty.kill(name)
            began = time.monotonic()
            assert "completed" not in at_kill, at_kill
            await faulty.until(tenant, "completed", "halted")
            assert_complete(await faulty.until_imported(bom["id"]))
            await faulty.until_quiet()
            rows = await steadily(lambda: owner.rows("boms", id=f"eq.{bom['id']}"))
            assert rows[0]["status"] == "ready"
            print(f"{servers} killed at {at_kill}: all done {time.monotonic() - began:.1f} s later")
            assert faulty.workflow(tenant)["tenant_status"] == "active"
            assert faulty.effects(tenant) == ONCE

    run(check())
    assert faulty.dead_letters() == []


def test_import_killed_at_its_edges(faulty: FaultyPlatform, importer: Importer) -> None:
    async def check() -> dict[str, Any]:
        async with signed_in(faulty, importer) as owner:
            faulty.arm(*IMPORT_FAILPOINTS)
            bom = await owner.upload(importer.bom, {"review": "true"})
            await until(lambda: faulty.imported(bom["id"])["status"] == "in_review", 90)
            commit = {"json": {"bom_id": bom["id"], "with_errors": True}}
            assert (await owner.call("POST", "/api/app/rest/v1/rpc/commit_bom", **commit)).status_code == 200
            result = await faulty.until_imported(bom["id"])
            await faulty.until_quiet()
            return result

    assert_complete(run(check()))
    assert faulty.struck(*IMPORT_FAILPOINTS) == list(IMPORT_FAILPOINTS)
    assert faulty.dead_letters() == []


def test_member_added_while_the_issuer_is_away(faulty: FaultyPlatform, importer: Importer) -> None:
    async def check() -> None:
        async with signed_in(faulty, importer) as owner:
            email = f"member-{secrets.token_hex(3)}@{importer.run.key}.example"
            faulty.kill("issuer")
            body = {"email": email, "role": "viewer"}
            answer = await owner.call("POST", "/api/app/rest/v1/users", json=body)
            assert answer.status_code == 201, answer.text
            await until(lambda: faulty.mails(email, "set your password"), 30)
            await faulty.until_quiet()
            assert len(faulty.mails(email, "set your password")) == 1
            assert faulty.issuer("select count(*) from users where email = ?", (email,)) == [(1,)]

    run(check())
    assert faulty.dead_letters() == []


def test_same_upload_twice_at_once_is_one_bom(faulty: FaultyPlatform, importer: Importer, tmp_path: Path) -> None:
    async def check() -> None:
        async with signed_in(faulty, importer) as owner:
            path, key = write_bom(tmp_path / "twice.csv", 20), secrets.token_hex(8)
            answers = await asyncio.gather(*(owner.upload(path, **{"Idempotency-Key": key}) for _ in range(6)))
            assert len({answer["id"] for answer in answers}) == 1
            result = await faulty.until_imported(answers[0]["id"])
            assert (result["status"], result["lines"]) == ("ready", 20)
            assert len(await owner.rows("boms", file_name="eq.twice.csv")) == 1

    run(check())


def test_deleted_while_imported_leaves_nothing(faulty: FaultyPlatform, importer: Importer, tmp_path: Path) -> None:
    async def check() -> None:
        async with signed_in(faulty, importer) as owner:
            for number, least in enumerate((0, 2000)):
                path = write_bom(tmp_path / f"deleted-{number}.csv", 8000, prefix=f"DEL{number}")
                bom = await owner.upload(path)
                await until(lambda: faulty.imported(bom["id"])["processed_line_count"] >= least, 30)  # noqa: B023
                response = await owner.call("DELETE", f"/api/app/rest/v1/boms?id=eq.{bom['id']}")
                assert response.status_code == 204, response.text
                await faulty.until_quiet()
                assert faulty.imported(bom["id"]) == {}
                left = faulty.look(Plane.APP, "select count(*) from bom_line_items where bom_id = %s", (bom["id"],))
                assert left[0]["count"] == 0
                stored = list((faulty.state_dir / "files").rglob(bom["file_sha256"]))
                assert stored == []

    run(check())
    assert faulty.dead_letters() == []


def test_over_quota_fails_whole_and_is_resumed(faulty: FaultyPlatform, importer: Importer, tmp_path: Path) -> None:
    def set_limit(limit: int | None) -> None:
        query = "update organizations set max_components = %s where id = %s"
        faulty.look(Plane.APP, query, (limit, importer.organization_id))

    async def check() -> None:
        async with signed_in(faulty, importer) as owner:
            before = faulty.look(
                Plane.APP, "select count(*) from components where organization_id = %s", (importer.organization_id,)
            )[0]["count"]
            set_limit(before + 99)
            bom = await owner.upload(write_bom(tmp_path / "quota.csv", 100, prefix="QUOTA"))
            failed = await faulty.until_imported(bom["id"])
            assert (failed["status"], failed["lines"], failed["components"]) == ("failed", 0, before)
            assert failed["error"]["code"] == "quota_exceeded"
            expected = {"metric": "components", "limit": before + 99, "current": before, "requested": 100}
            assert failed["error"]["details"] == expected | {"code": "quota_exceeded"}
            set_limit(before + 100)
            answer = await owner.call("POST", "/api/app/rest/v1/rpc/resume_bom", json={"bom_id": bom["id"]})
            assert answer.status_code == 200, answer.text
            result = await faulty.until_imported(bom["id"])
            assert (result["status"], result["lines"]) == ("ready", 100)
            assert result["counted"] == result["components"] == before + 100

    try:
        run(check())
    finally:
        set_limit(None)


TABLES = {
    Plane.CONTROL: tuple(
        f"tenant_management.{table}"
        for table in ("tenants", "workflows", "workflow_steps", "user_tenants", "users", "subscriptions")
    ),
    Plane.APP: (
        "organizations",
        "users",
        "projects",
        "boms",
        "bom_line_items",
        "components",
        "private.usage_sums",
        "enrichment_queue",
        "alerts",
        "notification_preferences",
    ),
}
BAD_FILES = {
    "bom_empty": ("empty.csv", b""),
    "bom_not_recognized": ("letter.csv", b"Dear all,\nthis is a letter\nwithout any parts\n" * 3),
    "bom_damaged": ("damaged.xlsx", b"PK\x03\x04" + b"\x00\xff" * 400),
    "bom_unsupported_format": ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
    "bom_too_many_lines": (
        "long.csv",
        b"Reference,Quantity,MPN\n" + b"".join(b"R%d,1,M%d\n" % (i, i) for i in range(9000)),
    ),
}


def test_bad_files_fail_each_for_its_reason(faulty: FaultyPlatform, importer: Importer, tmp_path: Path) -> None:
    async def check() -> None:
        async with signed_in(faulty, importer) as owner:
            worker = faulty.service_pid("worker")
            boms = {}
            for code, (name, content) in BAD_FILES.items():
                path = tmp_path / name
                path.write_bytes(content)
                boms[code] = await owner.upload(path)
            failed = {code: await faulty.until_imported(bom["id"]) for code, bom in boms.items()}
            assert {code: bom["error"]["code"] for code, bom in failed.items()} == {code: code for code in BAD_FILES}
            assert all(bom["status"] == "failed" and bom["lines"] == 0 for bom in failed.values())
            assert all(bom["error"]["message"] and bom["error"]["hint"] for bom in failed.values())
            large = tmp_path / "large.bin"
            large.write_bytes(b"x" * (2 * 1024 * 1024 + 1))
            refused = await owner.call("POST", "/api/app/boms", files={"file": ("large.csv", large.read_bytes())})
            assert (refused.status_code, refused.json()["message"]) == (413, "bom_too_large")
            good = await owner.upload(write_bom(tmp_path / "good.csv", 20))
            assert (await faulty.until_imported(good["id"]))["status"] == "ready"
            assert faulty.service_pid("worker") == worker

    run(check())
    assert faulty.dead_letters() == []


def test_every_message_again_changes_nothing(faulty: FaultyPlatform, importer: Importer) -> None:
    """A queue delivers at least once: all that was ever sent comes again, three times over, in another order."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")

    def snapshot() -> dict[str, Any]:
        query = "select md5(string_agg(t::text, ',' order by t::text)) as hash, count(*) from {} as t"
        rows = {table: faulty.look(plane, query.format(table))[0] for plane, names in TABLES.items() for table in names}
        return rows | {
            "mails": len(faulty.mails_of_all()),
            "issuer": faulty.issuer("select count(*), (select count(*) from realms) from users"),
        }

    async def check() -> int:
        await faulty.until_quiet()
        before, sent = snapshot(), 0
        for plane, queues in QUEUES.items():
            for queue in queues:
                again = [Jsonb(message) for message in faulty.sent(plane, queue)] * 3
                random.Random(seed).shuffle(again)
                sent += len(again)
                if again:
                    faulty.look(plane, "select pgmq.send_batch(%s, %s)", (queue, again))
        await faulty.until_quiet()
        assert snapshot() == before
        return sent

    print(f"{run(check())} messages again")
    assert faulty.dead_letters() == []

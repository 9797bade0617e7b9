"""No forged or wrong token is taken by the app plane, at any way in, and none causes a fault."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest

from ananta.demo.client import LOOPBACK_REDIRECT, PORTAL_CLIENT
from ananta.settings import Plane
from ananta.standins.login import login
from tests.support.forgeries import (
    MISSING,
    NIL,
    WRONG_IDS,
    WRONG_ROLES,
    Attack,
    Genuine,
    bearer_door,
    changed,
    exchange_door,
    misplaced,
    raw_expiries,
    unsigned,
    wrong_times,
)
from tests.support.platform import run
from tests.support.tokens import Key, realm_claims, realm_key, rogue_key
from tests.support.world import World

REST = "/api/app/rest/v1/organizations"
DOORS = {
    "PostgREST": bearer_door("GET", REST),
    "function": bearer_door("POST", "/api/app/rest/v1/rpc/dashboard_summary"),
    "edge": bearer_door("GET", "/api/app/summary/dashboard"),
}


class Listener:
    """An address that somebody might be made to fetch keys from; ``paths`` is what was asked for."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        paths = self.paths

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                paths.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


def platform_genuine(world: World, listener: Listener) -> Genuine:
    state_dir, plane = world.platform.state_dir, Plane.APP
    now = int(time.time())
    claims = [
        world.claims[plane, word, role] | {"iat": now, "exp": now + 240}
        for word, role in (("alpha", "owner"), ("alpha", "viewer"), ("beta", "owner"))
    ]
    others = [world.key(Plane.CONTROL), realm_key(state_dir, f"tenant-{world.tenants['alpha'].key}")]
    return Genuine(world.key(plane), claims, Key.sign, others, listener.url)


def realm_genuine(world: World, listener: Listener) -> Genuine:
    platform, tenant = world.platform, world.tenants["alpha"]
    subject = platform.query(
        Plane.APP,
        "select i.subject, u.email::text from private.user_identities as i join public.users as u on u.id = i.user_id"
        " where u.id = %s",
        (world.user_id("alpha", "owner"),),
    )[0]
    issuer = f"{platform.url}/auth/realms/tenant-{tenant.key}"
    claims = [
        realm_claims(issuer, subject["subject"], subject["email"]),
        realm_claims(issuer, NIL, subject["email"]),
        realm_claims(
            issuer, subject["subject"], subject["email"], organization_id=world.tenants["beta"].organization_id
        ),
    ]
    others = [
        world.key(Plane.APP),
        realm_key(platform.state_dir, f"tenant-{world.tenants['beta'].key}"),
        realm_key(platform.state_dir, "master"),
    ]
    return Genuine(realm_key(platform.state_dir, f"tenant-{tenant.key}"), claims, Key.sign_realm, others, listener.url)


def test_genuine_tokens_are_taken(world: World, listener: Listener) -> None:
    async def check() -> None:
        async with world.platform.client() as http:
            for door in DOORS.values():
                assert (await door(http, platform_genuine(world, listener).token)).status_code == 200
                assert (await door(http, realm_genuine(world, listener).token)).status_code == 200
            assert (await exchange_door("app")(http, realm_genuine(world, listener).token)).status_code == 200

    run(check())


def test_platform_tokens_without_our_signature(world: World, listener: Listener) -> None:
    attack = Attack(world.platform.url)
    run(attack.send(DOORS, unsigned(platform_genuine(world, listener))))
    attack.report("app plane, platform tokens without our signature")
    assert not attack.failures, "\n".join(attack.failures)
    assert listener.paths == []


def test_platform_tokens_with_a_wrong_claim(world: World, listener: Listener) -> None:
    genuine = platform_genuine(world, listener)
    other, now = world.claims[Plane.APP, "beta", "owner"], int(time.time())
    wrong = wrong_times(now) | {
        "iss": [
            MISSING, None, "", "urn:ananta:control", "urn:ananta:APP", "urn:ananta:app/", ["urn:ananta:app"], {}, 5,
            f"{world.platform.url}/auth/realms/tenant-{world.tenants['alpha'].key}", "https://elsewhere.example",
        ],
        "aud": [
            MISSING, None, "", "ananta-control", "account", "ANANTA-APP", ["ananta-control"], ["account", "x"], {}, 5,
            ["ananta-app", "ananta-control"], [["ananta-app"]],
        ],
        "sub": [*WRONG_IDS, other["sub"], world.tenants["alpha"].organization_id],
        "organization_id": [*WRONG_IDS, other["organization_id"], world.tenants["alpha"].tenant_id],
        "tenantId": [*WRONG_IDS, other["tenantId"], world.tenants["alpha"].organization_id],
        "permissions": [MISSING, None, "", "boms:read", {}, {"boms:read": True}, 5, True],
        "role": WRONG_ROLES,
    }  # fmt: skip
    wrong["exp"] += [now + 3600, now + 10**8, now + 10**15, float(now) + 10**9]
    forgeries = changed(Key.sign, genuine.key, genuine.claims[0], wrong)
    forgeries |= raw_expiries(Key.sign, genuine.key, genuine.claims[0])
    forgeries["two claims of another"] = [
        genuine.key.sign(genuine.claims[0] | {k: other[k] for k in names})
        for names in (
            ("sub", "tenantId"),
            ("organization_id", "tenantId"),
            ("sub", "organization_id"),
            ("organizationId", "sub"),
        )
    ]
    forgeries["no claims"] = [genuine.key.sign(c) for c in ({}, {"role": "authenticated"}, [], "text", 5, None)]
    attack = Attack(world.platform.url)
    run(attack.send(DOORS, forgeries))
    attack.report("app plane, platform tokens with a wrong claim")
    assert not attack.failures, "\n".join(attack.failures)


def test_tokens_in_the_wrong_place(world: World, listener: Listener) -> None:
    attack = Attack(world.platform.url)
    forged = rogue_key().sign(world.claims[Plane.APP, "alpha", "owner"])
    with httpx.Client(base_url=world.platform.url) as http:
        for good in (platform_genuine(world, listener).token, realm_genuine(world, listener).token):
            for kind, tries in misplaced(good, forged).items():
                for headers, query in tries:
                    attack.judge(kind, good, http.get(REST, headers=headers, params=query))
                attack.classes.add(kind)
    attack.report("app plane, tokens in the wrong place")
    assert not attack.failures, "\n".join(attack.failures)


def test_realm_tokens_without_its_signature(world: World, listener: Listener) -> None:
    attack = Attack(world.platform.url)
    doors = {"inline": DOORS["PostgREST"], "explicit": exchange_door("app")}
    run(attack.send(doors, unsigned(realm_genuine(world, listener))))
    attack.report("app plane, realm tokens without its signature")
    assert not attack.failures, "\n".join(attack.failures)
    assert listener.paths == []


def test_realm_tokens_with_a_wrong_claim(world: World, listener: Listener) -> None:
    genuine, url, now = realm_genuine(world, listener), world.platform.url, int(time.time())
    stranger = genuine.claims[0] | {"sub": NIL}
    wrong = wrong_times(now) | {
        "iss": [
            MISSING, None, "", 5, [], [genuine.claims[0]["iss"]], {}, "\u0000", "\ud800",
            f"{genuine.claims[0]['iss']}/",
            f"{url}/auth/realms/tenant-{world.tenants['beta'].key}", f"{url}/auth/realms/master",
            f"{url}/auth/realms/arc-saas",
            f"{url}/auth/realms/unknown", f"{listener.url}/realms/x", "urn:ananta:app", "x" * 3000,
        ],
        "aud": [MISSING, None, "", "account", "ANANTA", [], ["account"], {}, 5, True, "ananta-app", ["ananta-control"]],
        "sub": [MISSING, None, "", [], {}, 5, True],
        "typ": [MISSING, None, "", "ID", "Refresh", "Logout", "bearer", [], ["Bearer"], 5],
    }  # fmt: skip
    forgeries = changed(Key.sign_realm, genuine.key, genuine.claims[0], wrong)
    forgeries |= changed(
        Key.sign_realm,
        genuine.key,
        stranger,
        {
            "email": [
                MISSING,
                None,
                "",
                "stranger@elsewhere.example",
                [],
                [stranger["email"]],
                {},
                {"a": 1},
                5,
                True,
                "\u0000",
                "\ud800",
            ],
            "email_verified": [MISSING, None, False, "true", "false", 1, [], {}],
        },
    )
    forgeries |= raw_expiries(Key.sign_realm, genuine.key, genuine.claims[0])
    forgeries["platform token"] = [world.token(Plane.CONTROL, "alpha", role) for role in ("owner", "viewer")]
    arc_saas = realm_key(world.platform.state_dir, "arc-saas")
    forgeries["realm of the other plane"] = [
        arc_saas.sign_realm(c | {"iss": f"{url}/auth/realms/arc-saas"}) for c in genuine.claims
    ]
    attack = Attack(url)
    run(attack.send({"inline": DOORS["PostgREST"], "explicit": exchange_door("app")}, forgeries))
    attack.report("app plane, realm tokens with a wrong claim")
    assert not attack.failures, "\n".join(attack.failures)
    assert listener.paths == []


def test_id_and_refresh_tokens_are_not_access_tokens(world: World) -> None:
    async def check() -> None:
        owner, attack = world.tenants["alpha"].owner, Attack(world.platform.url)
        async with world.platform.client() as http:
            issuer = f"{world.platform.url}/auth/realms/{owner.realm}"
            tokens = await login(http, issuer, PORTAL_CLIENT, LOOPBACK_REDIRECT, owner.email, owner.password)
            assert (await exchange_door("app")(http, tokens.access_token)).status_code == 200
        wrong = {"id token": [tokens.id_token], "refresh token": [tokens.refresh_token]}
        await attack.send({"inline": DOORS["PostgREST"], "explicit": exchange_door("app")}, wrong)
        assert not attack.failures, "\n".join(attack.failures)

    run(check())


def test_a_realm_speaks_for_its_own_organization_only(world: World, listener: Listener) -> None:
    """A realm whose operator adds claims of another tenant gets its own organization, whatever it says."""
    beta, alpha = world.tenants["beta"], world.tenants["alpha"]
    key = realm_key(world.platform.state_dir, f"tenant-{beta.key}")
    issuer = f"{world.platform.url}/auth/realms/tenant-{beta.key}"
    owner_of_alpha = world.platform.query(
        Plane.APP, "select email::text from public.users where id = %s", (world.user_id("alpha", "owner"),)
    )
    extra = {
        "organization_id": alpha.organization_id,
        "organizationId": alpha.organization_id,
        "tenantId": alpha.tenant_id,
    }

    async def check() -> None:
        async with world.platform.client() as http:
            claims = realm_claims(issuer, NIL, owner_of_alpha[0]["email"], **extra)
            refused = await exchange_door("app")(http, key.sign_realm(claims))
            assert (refused.status_code, refused.json()["message"]) == (403, "not_a_member")
            claims = realm_claims(
                issuer, NIL, beta.owner.email, **extra, permissions=["boms:write"], role="service_role"
            )
            rows = await bearer_door("GET", REST)(http, key.sign_realm(claims))
            assert [row["id"] for row in rows.json()] == [beta.organization_id]

    run(check())


def test_a_removed_issuer_is_refused(world: World, listener: Listener) -> None:
    issuer, query = f"{world.platform.url}/auth/realms/tenant-{world.tenants['alpha'].key}", world.platform.query

    async def check() -> int:
        async with world.platform.client() as http:
            return int((await exchange_door("app")(http, realm_genuine(world, listener).token)).status_code)

    query(Plane.APP, "update private.issuers set status = 'removed' where issuer = %s", (issuer,))
    try:
        assert run(check()) == 401
    finally:
        query(Plane.APP, "update private.issuers set status = 'active' where issuer = %s", (issuer,))
    assert run(check()) == 200

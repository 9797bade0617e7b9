"""No forged or wrong token is taken by the control plane, at any way in, and none causes a fault."""

import time

import httpx
import pytest

from ananta.demo.client import LOOPBACK_REDIRECT, PORTAL_CLIENT, Session, choose_password, expect, mail
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
from tests.support.http_client import HTTP
from tests.support.platform import run
from tests.support.tokens import Key, realm_claims, realm_key, rogue_key
from tests.support.world import World, add_control_user

REST = "/api/control/rest/v1/tenants"
DOORS = {
    "PostgREST": bearer_door("GET", REST),
    "function": bearer_door("POST", "/api/control/rest/v1/rpc/cancel_workflow", {"workflow_id": "x"}),
}
READ = {"PostgREST": DOORS["PostgREST"]}
BOTH_WAYS = {"inline": DOORS["PostgREST"], "explicit": exchange_door("control")}
UNREACHABLE = "http://127.0.0.1:9"


def platform_genuine(world: World) -> Genuine:
    now = int(time.time())
    claims = [
        world.claims[key] | {"iat": now, "exp": now + 240}
        for key in (
            (Plane.CONTROL, "alpha", "owner"),
            (Plane.CONTROL, "", "operator"),
            (Plane.CONTROL, "beta", "owner"),
        )
    ]
    others = [world.key(Plane.APP), realm_key(world.platform.state_dir, "arc-saas")]
    return Genuine(world.key(Plane.CONTROL), claims, Key.sign, others, UNREACHABLE)


def owner_of(world: World, word: str) -> str:
    rows = world.platform.query(
        Plane.CONTROL,
        "select email::text from tenant_management.users where id = %s",
        (world.claims[Plane.CONTROL, word, "owner"]["sub"],),
    )
    return str(rows[0]["email"])


def realm_genuine(world: World) -> Genuine:
    issuer, state_dir = f"{world.platform.url}/auth/realms/arc-saas", world.platform.state_dir
    claims = [
        realm_claims(issuer, "00000000-0000-4000-8000-00000000000a", owner_of(world, "alpha")),
        realm_claims(issuer, NIL, "operator@ananta.example", realm_access={"roles": ["admin"]}),
    ]
    others = [
        world.key(Plane.CONTROL),
        realm_key(state_dir, "master"),
        realm_key(state_dir, f"tenant-{world.tenants['alpha'].key}"),
    ]
    return Genuine(realm_key(state_dir, "arc-saas"), claims, Key.sign_realm, others, UNREACHABLE)


def test_genuine_tokens_are_taken(world: World) -> None:
    async def check() -> None:
        async with world.platform.client() as http:
            rows = expect(await READ["PostgREST"](http, platform_genuine(world).token), 200)
            assert [row["id"] for row in rows] == [world.tenants["alpha"].tenant_id]
            rows = expect(await READ["PostgREST"](http, realm_genuine(world).token), 200)
            assert [row["id"] for row in rows] == [world.tenants["alpha"].tenant_id]
            expect(await exchange_door("control")(http, realm_genuine(world).token), 200)

    run(check())


def test_platform_tokens_without_our_signature(world: World) -> None:
    attack = Attack(world.platform.url)
    run(attack.send(DOORS, unsigned(platform_genuine(world))))
    attack.report("control plane, platform tokens without our signature")
    assert not attack.failures, "\n".join(attack.failures)


def test_platform_tokens_with_a_wrong_claim(world: World) -> None:
    genuine = platform_genuine(world)
    other, now = world.claims[Plane.CONTROL, "beta", "owner"], int(time.time())
    wrong = wrong_times(now) | {
        "iss": [
            MISSING, None, "", "urn:ananta:app", "urn:ananta:CONTROL", ["urn:ananta:control"], {}, 5, True,
            f"{world.platform.url}/auth/realms/arc-saas", "https://elsewhere.example",
        ],
        "aud": [
            MISSING, None, "", "ananta-app", "account", [], ["ananta-app"], ["account", "other"], {}, 5, True,
            ["ananta-control", "ananta-app"], [["ananta-control"]],
        ],
        "sub": [*WRONG_IDS, other["sub"], world.claims[Plane.CONTROL, "", "operator"]["sub"]],
        "tenantId": [*WRONG_IDS, other["tenantId"], world.tenants["alpha"].organization_id],
        "organization_id": [value for value in WRONG_IDS if value not in (MISSING, None, "", NIL)],
        "permissions": [MISSING, None, "", "tenant:read", {}, {"tenant:read": True}, 5, True],
        "role": WRONG_ROLES,
    }  # fmt: skip
    wrong["exp"] += [now + 3600, now + 10**8, now + 10**15, float(now) + 10**9]
    forgeries = changed(Key.sign, genuine.key, genuine.claims[0], wrong)
    forgeries |= raw_expiries(Key.sign, genuine.key, genuine.claims[0])
    operator = {
        f"operator's {kind}": tokens
        for kind, tokens in changed(
            Key.sign,
            genuine.key,
            genuine.claims[1],
            {
                "role": [role for role in WRONG_ROLES if role != "platform_admin"],
                "sub": [*WRONG_IDS, other["sub"]],
                "exp": [MISSING, now - 60],
            },
        ).items()
    }
    attack = Attack(world.platform.url)
    run(attack.send(DOORS, forgeries | operator))
    attack.report("control plane, platform tokens with a wrong claim")
    assert not attack.failures, "\n".join(attack.failures)


def test_tokens_in_the_wrong_place(world: World) -> None:
    attack = Attack(world.platform.url)
    forged = rogue_key().sign(world.claims[Plane.CONTROL, "alpha", "owner"])
    with httpx.Client(base_url=world.platform.url) as http:
        for good in (world.operator_token(), platform_genuine(world).token, realm_genuine(world).token):
            for kind, tries in misplaced(good, forged).items():
                for headers, query in tries:
                    attack.judge(kind, good, http.get(REST, headers=headers, params=query))
                attack.classes.add(kind)
    attack.report("control plane, tokens in the wrong place")
    assert not attack.failures, "\n".join(attack.failures)


def test_realm_tokens_without_its_signature(world: World) -> None:
    attack = Attack(world.platform.url)
    run(attack.send(BOTH_WAYS, unsigned(realm_genuine(world))))
    attack.report("control plane, realm tokens without its signature")
    assert not attack.failures, "\n".join(attack.failures)


def test_realm_tokens_with_a_wrong_claim(world: World) -> None:
    genuine, url, now = realm_genuine(world), world.platform.url, int(time.time())
    stranger = genuine.claims[0] | {"sub": NIL}
    wrong = wrong_times(now) | {
        "iss": [
            MISSING, None, "", 5, [], [genuine.claims[0]["iss"]], {}, "\u0000", "\ud800",
            f"{genuine.claims[0]['iss']}/",
            f"{url}/auth/realms/tenant-{world.tenants['alpha'].key}", f"{url}/auth/realms/master", "urn:ananta:control",
        ],
        "aud": [MISSING, None, "", "account", [], ["account"], {}, 5, True, "ananta-control"],
        "sub": [MISSING, None, "", [], {}, 5, True],
        "typ": [MISSING, None, "", "ID", "Refresh", "bearer", [], ["Bearer"], 5],
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
    forgeries["token of the other plane"] = [world.token(Plane.APP, "alpha", "owner")]
    tenant = world.tenants["alpha"]
    tenant_realm = realm_key(world.platform.state_dir, f"tenant-{tenant.key}")
    forgeries["realm of the other plane"] = [
        tenant_realm.sign_realm(
            realm_claims(f"{url}/auth/realms/tenant-{tenant.key}", NIL, owner_of(world, "alpha"), **extra)
        )
        for extra in ({}, {"realm_access": {"roles": ["platform_admin"]}}, {"role": "platform_admin"})
    ]
    master = realm_key(world.platform.state_dir, "master")
    forgeries["no operator"] = [
        master.sign_realm(
            realm_claims(f"{url}/auth/realms/master", f"{NIL[:-1]}{n}", owner_of(world, "alpha"), **extra)
        )
        for n, extra in enumerate(
            ({}, {"role": "platform_admin"}, {"realm_access": {"roles": ["admin", "platform_admin"]}})
        )
    ]
    attack = Attack(url)
    run(attack.send(BOTH_WAYS, forgeries))
    ours = [world.token(Plane.CONTROL, "alpha", "owner"), world.operator_token()]
    run(attack.send({"explicit": exchange_door("control")}, {"platform token": ours}))
    attack.report("control plane, realm tokens with a wrong claim")
    assert not attack.failures, "\n".join(attack.failures)


@pytest.mark.parametrize("tenant_id", ["x", "' or true --", NIL, "\u0000"])
def test_exchange_for_a_tenant_that_is_not_mine(world: World, tenant_id: str) -> None:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": realm_genuine(world).token,
        "tenant_id": tenant_id,
    }
    response = HTTP.post(f"{world.platform.url}/api/control/auth/exchange", data=form)
    assert response.status_code in (400, 403, 422), response.text
    beta = HTTP.post(
        f"{world.platform.url}/api/control/auth/exchange", data=form | {"tenant_id": world.tenants["beta"].tenant_id}
    )
    assert (beta.status_code, beta.json()["message"]) == (403, "not_a_member")


def test_operators_are_rows_not_claims(world: World) -> None:
    """The exchange writes the role from users.is_platform_admin, for the realm of operators only."""
    url, query = world.platform.url, world.platform.query
    user_id = add_control_user(world.platform, "root", is_platform_admin=True)
    email = query(Plane.CONTROL, "select email::text from tenant_management.users where id = %s", (user_id,))[0][
        "email"
    ]
    master = realm_key(world.platform.state_dir, "master")
    token = master.sign_realm(realm_claims(f"{url}/auth/realms/master", f"{NIL[:-2]}99", email, role="anon"))
    arc_saas = realm_key(world.platform.state_dir, "arc-saas")
    wrong_realm = arc_saas.sign_realm(realm_claims(f"{url}/auth/realms/arc-saas", f"{NIL[:-2]}98", email))

    async def check() -> None:
        async with world.platform.client() as http:
            assert len(expect(await READ["PostgREST"](http, token), 200)) >= 2
            assert (await READ["PostgREST"](http, wrong_realm)).status_code == 403
            ours = expect(await exchange_door("control")(http, token), 200)["access_token"]
            query(
                Plane.CONTROL, "update tenant_management.users set is_platform_admin = false where id = %s", (user_id,)
            )
            for late in (ours, token):
                refused = await READ["PostgREST"](http, late)
                assert (refused.status_code, refused.json()["message"]) == (401, "membership_inactive")
            assert (await exchange_door("control")(http, token)).status_code == 403

    run(check())


def test_first_admin_signs_in_and_sees_one_tenant(world: World) -> None:
    """The whole way: mailed link of realm arc-saas, password, login, exchange; and no other token of that login."""
    platform, tenant = world.platform, world.tenants["alpha"]

    async def check() -> None:
        async with platform.client() as http:
            letters = await mail(http, owner_of(world, "alpha"), "password", count=2)
            link = next(letter for letter in letters if "/realms/arc-saas/" in letter["links"][0])
            session = Session(http, "arc-saas", owner_of(world, "alpha"), await choose_password(http, link))
            rows = expect(await session.call("GET", REST), 200)
            assert [row["id"] for row in rows] == [tenant.tenant_id]
            issuer = f"{platform.url}/auth/realms/arc-saas"
            tokens = await login(http, issuer, PORTAL_CLIENT, LOOPBACK_REDIRECT, session.email, session.password)
            for wrong in (tokens.id_token, tokens.refresh_token):
                for door in BOTH_WAYS.values():
                    assert (await door(http, wrong)).status_code == 401
            app = await exchange_door("app")(http, tokens.access_token)
            assert app.status_code in (401, 403), "a token of the control plane's realm at the app plane"

    run(check())

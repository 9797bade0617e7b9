"""Whose a token is, to the gateway: by its signature, and never by what it says alone."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from ananta.embedded import token_keys
from ananta.settings import Plane
from edge_api.gateway.callers import LEEWAY_SECONDS, Callers
from tests.support.tokens import Key, platform_claims, platform_key, rogue_key, sign_with_secret

ORGANIZATION = "0e5d1e4c-6a7f-4f0b-9f6e-7a1c6b2d3e4f"


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    for plane in Plane:
        token_keys.ensure(folder, plane)
    return folder


@pytest.fixture
def key(state_dir: Path) -> Key:
    return platform_key(state_dir, Plane.APP)


def callers(state_dir: Path, plane: Plane = Plane.APP, **arguments: Any) -> Callers:
    return Callers(plane, token_keys.ensure(state_dir, plane)[1], **arguments)


def claims(**changes: Any) -> dict[str, Any]:
    return platform_claims(Plane.APP, sub="u", organization_id=ORGANIZATION) | changes


def test_tokens_of_one_organization_are_one_caller(state_dir: Path, key: Key) -> None:
    found = callers(state_dir)
    seen = [found.find(key.sign(claims(sub=member))) for member in ("u1", "u2", "u2")]
    assert {(caller.id, caller.organization) for caller in seen if caller} == {(f"app {ORGANIZATION}", ORGANIZATION)}
    assert None not in seen


def test_in_the_control_plane_it_is_the_tenant_or_the_operator(state_dir: Path) -> None:
    found, key = callers(state_dir, Plane.CONTROL), platform_key(state_dir, Plane.CONTROL)
    member = key.sign(platform_claims(Plane.CONTROL, sub="u", tenantId="t1", organization_id=ORGANIZATION))
    operator = key.sign(platform_claims(Plane.CONTROL, sub="op", role="platform_admin"))
    seen = [found.find(token) for token in (member, operator)]
    assert [(caller.id, caller.organization) for caller in seen if caller] == [
        ("control t1", None),
        ("control op", None),
    ]


def test_what_is_forged_foreign_or_over_is_nobodys(state_dir: Path, key: Key) -> None:
    found = callers(state_dir)
    good = key.sign(claims())
    header = {"typ": "at+jwt", "alg": "HS256", "kid": key.id}
    assert found.find(good)
    for token in (
        None,
        "publishable",
        rogue_key(key.id).sign(claims()),
        rogue_key().sign(claims()),
        key.sign(claims(aud="ananta-control")),
        key.sign(claims(iss="urn:ananta:control")),
        key.sign(claims(exp=int(time.time()) - LEEWAY_SECONDS - 5)),
        key.sign(claims(exp=str(int(time.time()) + 200))),
        *(key.sign(claims(organization_id=wrong)) for wrong in ([ORGANIZATION], "o1", "", None, 5)),
        key.sign(claims(), without=("kid",)),
        sign_with_secret(claims(), header, key.public_pem),
        f"{good.rpartition('.')[0]}.",
        good[:-8] + "AAAAAAAA",
        f"{good.split('.')[0]}.{json.dumps(claims())}.x",
        good.split(".")[0],
    ):
        assert found.find(token) is None, token


def test_a_token_that_was_known_ends(state_dir: Path, key: Key) -> None:
    now = time.time()
    times = iter([now, now + 400])
    found, token = callers(state_dir, clock=lambda: next(times)), key.sign(claims())
    assert found.find(token)
    assert found.find(token) is None


def test_memory_is_bounded(state_dir: Path, key: Key) -> None:
    found = callers(state_dir, size=3)
    for number in range(10):
        found.find(key.sign(claims(sub=str(number))))
    assert len(found._read) == 3

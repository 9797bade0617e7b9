"""Demo data of an embedded run: an operator, and a tenant with an owner, a viewer and a BOM. Made once, over HTTP."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx

from ananta.demo import DEFAULT_BOM
from ananta.demo.client import Person, Session, Signup, choose_password, expect, mail
from ananta.embedded.credentials import write_private

FILE_NAME = "demo-logins.json"
OPERATOR = Person("Otto", "Operator", "operator@ananta.example")

MakeOperator = Callable[[Person], Awaitable[None]]
Logins = list[dict[str, str]]


def known(state_dir: Path) -> Logins:
    """The demo logins of this state folder; empty before they are made."""
    try:
        logins: Logins = json.loads((state_dir / FILE_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return logins


async def ensure(state_dir: Path, public_url: str, make_operator: MakeOperator) -> None:
    """Make the demo data unless it is there; the passwords go to a file that only this user reads."""
    if known(state_dir):
        return
    async with httpx.AsyncClient(base_url=public_url, timeout=30) as http:
        await make_operator(OPERATOR)
        letter = (await mail(http, OPERATOR.email, "password"))[0]
        operator = Session(http, "master", OPERATOR.email, await choose_password(http, letter))
        tenant, owner = await _tenant(http)
        viewer = await _viewer(http, owner)
        await owner.upload(DEFAULT_BOM)
    logins = [
        _login("platform admin", "control", operator),
        _login(f"owner of {tenant['name']}", "app", owner),
        _login(f"viewer at {tenant['name']}", "app", viewer),
    ]
    write_private(state_dir / FILE_NAME, json.dumps(logins, indent=2) + "\n")


async def _tenant(http: httpx.AsyncClient) -> tuple[dict[str, Any], Session]:
    key = await _free_key(http)
    signup = Signup(http, Person("Ada", "Lovelace", f"ada@{key}.example"), "Acme Robotics")
    await signup.register()
    await signup.verify((await mail(http, signup.person.email, "verify"))[0]["links"][0])
    await signup.create_tenant(key, "plan-basic")
    tenant = await signup.finished()
    letters = await mail(http, signup.person.email, "password", count=2)
    letter = next(letter for letter in letters if f"/realms/tenant-{key}/" in letter["links"][0])
    return tenant, Session(http, f"tenant-{key}", signup.person.email, await choose_password(http, letter))


async def _free_key(http: httpx.AsyncClient) -> str:
    """The first of acme, acme-2, … that nobody took: an earlier try may have been cut off."""
    for number in range(1, 100):
        key = "acme" if number == 1 else f"acme-{number}"
        if expect(await http.get(f"/api/control/tenant-keys/{key}"), 200)["available"]:
            return key
    raise RuntimeError("no tenant key is free for the demo data")


async def _viewer(http: httpx.AsyncClient, owner: Session) -> Session:
    email = f"vera@{owner.realm.removeprefix('tenant-')}.example"
    body = {"email": email, "first_name": "Vera", "last_name": "View", "role": "viewer"}
    response = await owner.call("POST", "/api/app/rest/v1/users", json=body)
    response.raise_for_status()
    letter = (await mail(http, email, "password"))[0]
    return Session(http, owner.realm, email, await choose_password(http, letter))


def _login(who: str, plane: str, session: Session) -> dict[str, str]:
    return {
        "who": who,
        "plane": plane,
        "realm": session.realm,
        "email": session.email,
        "password": session.password,
    }

"""The admin API, the mailed set-password links and the mailbox pages."""

import sqlite3
import stat

import anyio
import httpx
import jwt
import pytest
from fastapi import FastAPI

from ananta.settings import Settings
from ananta.standins.issuer.app import create_app
from ananta.standins.login import LoginFailedError, refresh, set_password
from tests.support.standins import (
    ADMIN_SECRET,
    CALLBACK,
    CLIENT,
    ORIGIN,
    PASSWORD,
    REALM,
    Clock,
    Flow,
    log_in,
    mail_link,
    mails_to,
    make_member,
    make_realm,
    make_user,
    realm_url,
)

pytestmark = pytest.mark.anyio
ADA = "ada@acme.example"
REALMS = "/auth/admin/realms"
USERS = f"{REALMS}/{REALM}/users"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", REALMS),
        ("GET", f"{REALMS}/arc-saas"),
        ("DELETE", f"{REALMS}/{REALM}"),
        ("PUT", f"{REALMS}/{REALM}/clients/x"),
        ("POST", USERS),
        ("GET", f"{USERS}?email={ADA}"),
        ("GET", f"{USERS}/x"),
        ("DELETE", f"{USERS}/x"),
        ("PUT", f"{USERS}/x/roles"),
        ("PUT", f"{USERS}/x/reset-password"),
        ("POST", f"{USERS}/x/execute-actions-email"),
        ("POST", f"{USERS}/x/logout"),
    ],
)
async def test_admin_needs_the_secret(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, method: str, path: str
) -> None:
    for authorization in (
        None,
        "Bearer ",
        "Bearer wrong",
        f"Basic {ADMIN_SECRET}",
        ADMIN_SECRET,
        f"Bearer {ADMIN_SECRET}x",
    ):
        headers = {"Authorization": authorization} if authorization else {}
        refused = await http.request(method, path, headers=headers, json={})
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")


async def test_built_in_realms_exist_and_stay(admin: httpx.AsyncClient) -> None:
    for realm in ("master", "arc-saas"):
        found = (await admin.get(f"{REALMS}/{realm}")).json()
        assert found["clients"][0]["redirectUris"] == [CALLBACK, "http://127.0.0.1/callback"]
        assert (await admin.delete(f"{REALMS}/{realm}")).status_code == 403
    assert set(found["roles"]) == {"owner", "admin", "member", "viewer"}
    assert "private_key" not in str(found)


async def test_a_second_start_keeps_keys_and_users(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, settings: Settings
) -> None:
    certs = f"/auth/realms/{REALM}/protocol/openid-connect/certs"
    before = (await http.get(certs)).json()
    user_id = await make_user(admin, ADA)
    again = create_app(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(again), base_url=ORIGIN) as restarted:
        assert (await restarted.get(certs)).json() == before
        headers = {"Authorization": f"Bearer {ADMIN_SECRET}"}
        assert (await restarted.get(f"{USERS}/{user_id}", headers=headers)).json()["email"] == ADA
    again.state.issuer.store.close()


async def test_the_file_with_keys_is_its_owners_alone(admin: httpx.AsyncClient, settings: Settings) -> None:
    files = list(settings.state_dir.glob("issuer.sqlite3*"))
    assert len(files) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


async def test_realm_is_made_once_and_removed_whole(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    assert (await make_realm(admin)).status_code == 409
    await make_member(admin, http, ADA)
    await log_in(http, ADA)
    assert (await admin.delete(f"{REALMS}/{REALM}")).status_code == 204
    assert (await admin.get(f"{REALMS}/{REALM}")).status_code == 404
    assert (await admin.delete(f"{REALMS}/{REALM}")).status_code == 404
    assert (await make_realm(admin)).status_code == 201
    with pytest.raises(LoginFailedError):
        await log_in(http, ADA)


async def test_concurrent_creation_makes_one_realm(admin: httpx.AsyncClient) -> None:
    statuses: list[int] = []

    async def make() -> None:
        statuses.append((await make_realm(admin, "tenant-race")).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(make)
    assert sorted(statuses) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    "changes",
    [
        {"realm": "Bad Name"},
        {"realm": "x/../y"},
        {"realm": "tenant-x\n"},
        {"roles": {"owner": ["<script>"]}},
        {"clients": [{"clientId": CLIENT, "redirectUris": ["https://acme.example/*"]}]},
        {"clients": [{"clientId": CLIENT, "redirectUris": ["javascript:alert(1)"]}]},
        {"clients": [{"clientId": CLIENT, "redirectUris": ["https://user@acme.example/"]}]},
        {"clients": [{"clientId": CLIENT, "redirectUris": ["https://acme.example/#f"]}]},
        {"unknown": 1},
    ],
)
async def test_a_wrong_realm_body_makes_nothing(admin: httpx.AsyncClient, changes: dict[str, object]) -> None:
    body = {"realm": "tenant-new", "displayName": "New", **changes}
    refused = await admin.post(REALMS, json=body)
    assert refused.status_code == 400
    assert set(refused.json()) == {"code", "message", "details", "hint", "correlation_id"}
    assert (await admin.get(f"{REALMS}/tenant-new")).status_code == 404


async def test_users_are_found_by_address_and_made_once(admin: httpx.AsyncClient) -> None:
    body = {"email": "Ada@Acme.example", "firstName": "Ada", "lastName": "L", "roles": ["owner"]}
    body |= {"attributes": {"created_by": ["w1"]}, "requiredActions": ["UPDATE_PASSWORD"]}
    made = await admin.post(USERS, json=body)
    assert made.status_code == 201
    assert made.headers["location"] == f"{ORIGIN}{USERS}/{made.json()['id']}"
    assert (await admin.post(USERS, json={**body, "email": "ada@acme.EXAMPLE"})).status_code == 409
    (found,) = (await admin.get(USERS, params={"email": "ADA@acme.example"})).json()
    assert (found["id"], found["emailVerified"], found["roles"]) == (made.json()["id"], False, ["owner"])
    assert found["attributes"] == {"created_by": ["w1"]}
    assert found["requiredActions"] == ["UPDATE_PASSWORD"]
    assert (await admin.get(USERS, params={"email": "b@acme.example"})).json() == []
    assert (await admin.delete(f"{USERS}/{found['id']}")).status_code == 204
    assert (await admin.delete(f"{USERS}/{found['id']}")).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "no address"},
        {"email": "a@b.example\r\nBcc: x@y.example"},
        {"email": "<a@b.example>"},
        {"roles": ["emperor"]},
        {"requiredActions": ["CONFIGURE_TOTP"]},
    ],
)
async def test_a_wrong_user_body_makes_nothing(admin: httpx.AsyncClient, changes: dict[str, object]) -> None:
    assert (await admin.post(USERS, json={"email": ADA, **changes})).status_code == 400
    assert (await admin.get(USERS, params={"email": ADA})).json() == []


async def test_changed_roles_are_in_the_next_token(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    user_id = await make_member(admin, http, ADA)
    tokens = await log_in(http, ADA)
    assert (await admin.put(f"{USERS}/{user_id}/roles", json={"roles": ["viewer"]})).status_code == 204
    assert (await admin.put(f"{USERS}/{user_id}/roles", json={"roles": ["emperor"]})).status_code == 400
    renewed = await refresh(http, realm_url(), CLIENT, tokens.refresh_token)
    claims = jwt.decode(renewed.access_token, options={"verify_signature": False})
    assert (claims["realm_access"]["roles"], claims["permissions"]) == (["viewer"], ["boms:read"])


async def test_admin_logout_ends_sessions(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    user_id = await make_member(admin, http, ADA)
    tokens = await log_in(http, ADA)
    assert (await admin.post(f"{USERS}/{user_id}/logout")).status_code == 204
    with pytest.raises(LoginFailedError):
        await refresh(http, realm_url(), CLIENT, tokens.refresh_token)


async def test_reset_password_for_demo_users(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    user_id = await make_user(admin, ADA)
    path = f"{USERS}/{user_id}/reset-password"
    short = await admin.put(path, json={"type": "password", "value": "too short"})
    assert (short.status_code, short.json()["code"]) == (400, "password_policy")
    assert (await admin.put(path, json={"value": PASSWORD, "temporary": True})).status_code == 400
    assert (await admin.put(path, json={"type": "password", "value": PASSWORD, "temporary": False})).status_code == 204
    await log_in(http, ADA)


async def test_passwords_codes_and_links_are_hashed_at_rest(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, settings: Settings
) -> None:
    user_id = await make_user(admin, ADA)
    link = await mail_link(admin, user_id, ADA)
    await set_password(http, link, PASSWORD)
    code = await Flow().code(http, ADA)
    connection = sqlite3.connect(settings.state_dir / "issuer.sqlite3")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert "$argon2id$" in dump
    for secret in (PASSWORD, code, link.partition("key=")[2], ADMIN_SECRET):
        assert secret not in dump


async def test_the_mail_has_one_link_and_says_which_account(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    user_id = await make_user(admin, ADA)
    await mail_link(admin, user_id, ADA)
    (mail,) = await mails_to(http, ADA)
    assert mail["to"] == ADA
    assert "Acme" in mail["subject"]
    assert "Acme" in mail["text"]
    assert ADA in mail["text"]
    (link,) = mail["links"]
    assert link.startswith(f"{realm_url()}/login-actions/action-token?key=")
    assert mail["text"].count("http") == 1
    assert mail["html"].count("href") == 1


async def test_the_same_key_mails_once_and_another_key_again(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, settings: Settings
) -> None:
    user_id = await make_user(admin, ADA)
    links = [await mail_link(admin, user_id, ADA, key="k") for _ in range(3)]
    assert len(set(links)) == 1
    assert len(await mails_to(http, ADA)) == 1
    for path in (settings.mailbox_dir / "new").iterdir():
        path.unlink()
    with pytest.raises(IndexError):
        await mail_link(admin, user_id, ADA, key="k")
    assert await mail_link(admin, user_id, ADA, key="other") != links[0]


async def test_a_crash_before_the_mail_is_healed_by_the_repeat(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = await make_user(admin, ADA)
    mailbox = type(app.state.issuer.mailbox)
    body = {"idempotencyKey": "k"}

    def die_before(*_: object, **__: object) -> bool:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "deliver", die_before)
        assert (await admin.post(f"{USERS}/{user_id}/execute-actions-email", json=body)).status_code == 500
    await set_password(http, await mail_link(admin, user_id, ADA, key="k"), PASSWORD)
    await log_in(http, ADA)
    original = mailbox.deliver

    def die_after(*values: object, **named: object) -> bool:
        original(*values, **named)
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "deliver", die_after)
        refused = await admin.post(f"{USERS}/{user_id}/execute-actions-email", json={"idempotencyKey": "k2"})
        assert refused.status_code == 500
        assert refused.headers["x-correlation-id"] == refused.json()["correlation_id"]
    link = await mail_link(admin, user_id, ADA, key="k2")
    assert len(await mails_to(http, ADA)) == 2
    assert (await http.get(link)).status_code == 200


async def test_a_redirect_of_the_link_must_be_registered(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    user_id = await make_user(admin, ADA)
    path = f"{USERS}/{user_id}/execute-actions-email"
    body = {"idempotencyKey": "k", "clientId": CLIENT}
    assert (await admin.post(path, json={**body, "redirectUri": "https://evil.example"})).status_code == 400
    assert (await admin.post(path, json={**body, "redirectUri": CALLBACK})).status_code == 204
    (mail,) = await mails_to(http, ADA)
    done = await http.post(mail["links"][0], data={"password-new": PASSWORD, "password-confirm": PASSWORD})
    assert f'href="{CALLBACK}"' in done.text


async def test_opening_the_link_uses_nothing_up_and_setting_does(
    http: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    user_id = await make_user(admin, ADA)
    link = await mail_link(admin, user_id, ADA)
    for _ in range(3):
        assert (await http.get(link)).status_code == 200
    await set_password(http, link, PASSWORD)
    user = (await admin.get(f"{USERS}/{user_id}")).json()
    assert (user["emailVerified"], user["requiredActions"]) == (True, [])
    form = {"password-new": "another password", "password-confirm": "another password"}
    for used in (await http.get(link), await http.post(link, data=form)):
        assert used.status_code == 410
        assert "no longer valid" in used.text
    await log_in(http, ADA)


async def test_two_browsers_with_one_link_set_one_password(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    link = await mail_link(admin, await make_user(admin, ADA), ADA)
    statuses: list[int] = []

    async def submit(password: str) -> None:
        form = {"password-new": password, "password-confirm": password}
        statuses.append((await http.post(link, data=form)).status_code)

    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(submit, f"a long password {number}")
    assert sorted(statuses) == [200, 410, 410]


@pytest.mark.parametrize(
    ("new", "confirm"), [("short", "short"), (PASSWORD, PASSWORD + "x"), ("", ""), ("p" * 300, "p" * 300)]
)
async def test_a_refused_password_leaves_the_link_open(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, new: str, confirm: str
) -> None:
    link = await mail_link(admin, await make_user(admin, ADA), ADA)
    refused = await http.post(link, data={"password-new": new, "password-confirm": confirm})
    assert refused.status_code == 400
    await set_password(http, link, PASSWORD)


async def test_links_expire_and_belong_to_their_realm(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, clock: Clock
) -> None:
    await make_realm(admin, "tenant-other", "Other")
    link = await mail_link(admin, await make_user(admin, ADA), ADA)
    assert (await http.get(link.replace(REALM, "tenant-other"))).status_code == 404
    assert (await http.get(link[:-1])).status_code == 404
    clock.now += 12 * 3600 - 1
    assert (await http.get(link)).status_code == 200
    clock.now += 2
    assert (await http.get(link)).status_code == 410
    with pytest.raises(LoginFailedError, match="410"):
        await set_password(http, link, PASSWORD)


async def test_a_new_password_ends_sessions_and_other_links(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    user_id = await make_member(admin, http, ADA)
    tokens = await log_in(http, ADA)
    first, second = [await mail_link(admin, user_id, ADA, key=key) for key in ("k1", "k2")]
    await set_password(http, first, "another password")
    assert (await http.get(second)).status_code == 410
    with pytest.raises(LoginFailedError):
        await refresh(http, realm_url(), CLIENT, tokens.refresh_token)
    with pytest.raises(LoginFailedError):
        await log_in(http, ADA)


async def test_names_are_text_in_pages_and_bring_no_link_into_mails(
    http: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    evil = '<img src=x onerror=alert(1)> http://evil.example "\r\nBcc: x@y.example'
    await make_realm(admin, "tenant-evil", evil)
    body = {"email": ADA, "firstName": evil, "lastName": evil, "roles": []}
    user_id = (await admin.post(f"{REALMS}/tenant-evil/users", json=body)).json()["id"]
    link = await mail_link(admin, user_id, ADA, realm="tenant-evil")
    (mail,) = await mails_to(http, ADA)
    assert mail["links"] == [link]
    assert await mails_to(http, "x@y.example") == []
    pages = [await http.get(link), await http.get("/mailbox/"), await http.get(f"/mailbox/{mail['id']}")]
    for shown in pages:
        assert shown.status_code == 200
        assert "<img" not in shown.text
    assert "&lt;img" in pages[2].text
    assert "<img" not in mail["html"]


async def test_mailbox_pages(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    assert "No mail yet" in (await http.get("/mailbox/")).text
    assert (await http.get("/mailbox")).headers["location"] == "/mailbox/"
    link = await mail_link(admin, await make_user(admin, ADA), ADA)
    (mail,) = await mails_to(http, ADA)
    assert f'href="{mail["id"]}"' in (await http.get("/mailbox/")).text
    assert f'<a href="{link}"' in (await http.get(f"/mailbox/{mail['id']}")).text
    assert (await http.get(f"/mailbox/{'0' * 64}")).status_code == 404
    assert (await http.get("/mailbox/..%2Fissuer.sqlite3")).status_code == 404

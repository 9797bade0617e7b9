"""The login page and the token endpoint: what a client gets, and every way it is refused."""

import hashlib
import html
import sqlite3
from base64 import urlsafe_b64encode

import anyio
import httpx
import jwt
import pytest
from fastapi import FastAPI

from ananta.settings import Settings
from ananta.standins.issuer.authorize import STALE_FORM, WRONG_LOGIN
from ananta.standins.login import LoginFailedError, _form, login, refresh
from tests.support.standins import (
    CALLBACK,
    CLIENT,
    ORIGIN,
    PASSWORD,
    REALM,
    Clock,
    Flow,
    endpoint,
    log_in,
    make_member,
    make_realm,
    make_user,
    query_of,
    realm_url,
)

pytestmark = pytest.mark.anyio
ADA = "ada@acme.example"


async def claims_of(http: httpx.AsyncClient, token: str, realm: str = REALM, **options: object) -> dict[str, object]:
    keys = jwt.PyJWKSet.from_dict((await http.get(endpoint("certs", realm))).json())
    return jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]], algorithms=["RS256"], **options)


async def test_discovery_names_addresses_that_answer(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    document = (await http.get(f"{realm_url()}/.well-known/openid-configuration")).json()
    assert document["issuer"] == f"{ORIGIN}/auth/realms/{REALM}"
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert (await http.get(document["jwks_uri"])).json()["keys"][0]["kty"] == "RSA"
    missing = await http.get(f"{realm_url('tenant-nobody')}/.well-known/openid-configuration")
    assert missing.status_code == 404


async def test_certs_hold_no_private_numbers(http: httpx.AsyncClient) -> None:
    key = (await http.get(endpoint("certs", "arc-saas"))).json()["keys"][0]
    assert set(key) == {"kid", "kty", "alg", "use", "n", "e"}
    assert len(jwt.utils.base64url_decode(key["n"])) == 256


async def test_login_brings_tokens_with_the_contract_claims(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    user_id = await make_member(admin, http, ADA)
    tokens = await log_in(http, ADA)
    access = await claims_of(http, tokens.access_token, audience="ananta", issuer=realm_url())
    assert jwt.get_unverified_header(tokens.access_token)["typ"] == "JWT"
    expected = {
        "iss": realm_url(),
        "sub": user_id,
        "aud": ["ananta", "account"],
        "typ": "Bearer",
        "azp": CLIENT,
        "email": ADA,
        "email_verified": True,
        "given_name": "Ada",
        "family_name": "Love",
        "preferred_username": ADA,
        "realm_access": {"roles": ["member", "owner"]},
        "permissions": ["boms:read", "boms:write", "members:invite"],
    }
    assert {name: access[name] for name in expected} == expected
    assert access["exp"] - access["iat"] == 300
    assert {"jti", "sid"} <= set(access)
    identity = await claims_of(http, tokens.id_token, audience=CLIENT)
    half = urlsafe_b64encode(hashlib.sha256(tokens.access_token.encode()).digest()[:16]).rstrip(b"=").decode()
    assert (identity["typ"], identity["sid"], identity["at_hash"]) == ("ID", access["sid"], half)
    refreshed = await claims_of(http, tokens.refresh_token, audience=realm_url())
    assert (refreshed["typ"], refreshed["exp"] - refreshed["iat"]) == ("Refresh", 36_000)
    assert (tokens.expires_in, tokens.refresh_expires_in) == (300, 36_000)


async def test_without_openid_scope_there_is_no_id_token(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    flow = Flow()
    form, address = _form(await flow.show(http, scope=None), "password")
    answered = await http.post(address, data={**form.fields, "username": ADA, "password": PASSWORD})
    answer = (await flow.redeem(http, query_of(answered)["code"])).json()
    assert "access_token" in answer
    assert "id_token" not in answer


async def test_answer_carries_state_and_issuer(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    answered = await Flow(state="s&t=ä").submit(http, ADA, PASSWORD)
    assert answered.status_code == 303
    assert answered.headers["location"].startswith(f"{CALLBACK}?")
    assert query_of(answered)["state"] == "s&t=ä"
    assert query_of(answered)["iss"] == realm_url()


async def test_a_request_sent_as_a_form_shows_the_page(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    flow = Flow()
    shown = await http.post(endpoint("auth"), data=flow.parameters())
    assert shown.status_code == 200
    assert _form(shown, "password")


@pytest.mark.parametrize("port", ["1", "8400", "65535"])
async def test_loopback_redirect_with_any_port(http: httpx.AsyncClient, admin: httpx.AsyncClient, port: str) -> None:
    await make_member(admin, http, ADA)
    tokens = await login(http, realm_url(), CLIENT, f"http://127.0.0.1:{port}/callback", ADA, PASSWORD)
    assert tokens.access_token


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://evil.example/callback",
        f"{CALLBACK}/",
        f"{CALLBACK}?x=1",
        f"{CALLBACK}#f",
        f"{CALLBACK}\n",
        f"{ORIGIN}/CALLBACK",
        f"{ORIGIN}/callback/../callback",
        f"{ORIGIN}@evil.example/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:99999/callback",
        "http://127.0.0.1:80\u0663/callback",
        "http://127.0.0.1:8080/other",
        "http://127.0.0.1.evil.example:80/callback",
        "http://localhost:8080/callback",
        "https://127.0.0.1:8080/callback",
        "javascript:alert(1)",
    ],
)
async def test_a_wrong_redirect_is_a_page_and_no_redirect(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, address: str
) -> None:
    shown = await Flow().show(http, redirect_uri=address)
    assert shown.status_code == 400
    assert "location" not in shown.headers
    assert "redirect_uri" in shown.text


async def test_an_unknown_client_or_realm_is_a_page(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    assert (await Flow().show(http, client_id="other")).status_code == 400
    assert (await Flow(realm="tenant-nobody").show(http)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "x" * 43 + "\n"}, "invalid_request"),
        ({"nonce": "n" * 5000}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://evil.example"}, "request_uri_not_supported"),
    ],
)
async def test_a_wrong_request_is_told_to_the_client(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, changes: dict[str, str | None], error: str
) -> None:
    shown = await Flow().show(http, **changes)
    assert shown.status_code == 302
    assert shown.headers["location"].startswith(f"{CALLBACK}?")
    answer = query_of(shown)
    assert (answer["error"], answer["state"], answer["iss"]) == (error, "a state", realm_url())
    assert "code" not in answer


async def test_a_parameter_given_twice_is_refused(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    twice = [*Flow().parameters().items(), ("redirect_uri", "https://evil.example")]
    assert (await http.get(endpoint("auth"), params=twice)).status_code == 400


async def test_the_form_needs_the_browser_that_was_shown_it(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    flow = Flow()
    assert STALE_FORM in html.unescape((await flow.submit(http, ADA, PASSWORD, csrf="0" * 64)).text)
    form, address = _form(await flow.show(http), "password")
    http.cookies.clear()
    answered = await http.post(address, data={**form.fields, "username": ADA, "password": PASSWORD})
    assert answered.status_code == 400
    assert "location" not in answered.headers


async def test_a_form_of_another_request_is_refused(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    form, _ = _form(await Flow().show(http), "password")
    _, other = _form(await Flow(state="other").show(http), "password")
    answered = await http.post(other, data={**form.fields, "username": ADA, "password": PASSWORD})
    assert answered.status_code == 400


async def test_page_headers_and_cookie(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    shown = await Flow().show(http)
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {ORIGIN}" in policy
    assert shown.headers["cache-control"] == "no-store"
    cookie = shown.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert f"path=/auth/realms/{REALM}/" in cookie


async def test_wrong_password_and_unknown_user_look_the_same(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    await make_user(admin, "no-password@acme.example")
    for email, password in [(ADA, "wrong password!"), ("eve@acme.example", PASSWORD), (ADA, "")]:
        answered = await Flow().submit(http, email, password)
        assert answered.status_code == 200
        assert WRONG_LOGIN in answered.text
    with pytest.raises(LoginFailedError, match="Invalid username or password"):
        await log_in(http, "no-password@acme.example")


async def test_five_failures_lock_for_a_while(http: httpx.AsyncClient, admin: httpx.AsyncClient, clock: Clock) -> None:
    await make_member(admin, http, ADA)
    for _ in range(5):
        await Flow().submit(http, ADA, "wrong password!")
    with pytest.raises(LoginFailedError):
        await log_in(http, ADA)
    clock.now += 61
    await log_in(http, ADA)
    for _ in range(4):
        await Flow().submit(http, ADA, "wrong password!")
    await log_in(http, ADA)


async def test_parallel_guesses_are_counted_one_by_one(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, settings: Settings
) -> None:
    await make_member(admin, http, ADA)
    form, address = _form(await Flow().show(http), "password")

    async def guess(number: int) -> None:
        await http.post(address, data={**form.fields, "username": ADA, "password": f"guess {number}"})

    async with anyio.create_task_group() as group:
        for number in range(12):
            group.start_soon(guess, number)
    connection = sqlite3.connect(settings.state_dir / "issuer.sqlite3")
    (failed,) = connection.execute("select failed_count from users where email = ?", (ADA,)).fetchone()
    connection.close()
    assert failed == 5


async def test_each_failure_after_the_lock_locks_longer(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, clock: Clock
) -> None:
    await make_member(admin, http, ADA)
    for _ in range(5):
        await Flow().submit(http, ADA, "wrong password!")
    clock.now += 61
    await Flow().submit(http, ADA, "wrong password!")
    clock.now += 61
    with pytest.raises(LoginFailedError):
        await log_in(http, ADA)
    clock.now += 60
    await log_in(http, ADA)


async def test_a_code_works_once_and_its_reuse_ends_the_session(
    http: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    await make_member(admin, http, ADA)
    flow = Flow()
    code = await flow.code(http, ADA)
    first = await flow.redeem(http, code)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    second = await flow.redeem(http, code)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    with pytest.raises(LoginFailedError, match="invalid_grant"):
        await refresh(http, realm_url(), CLIENT, first.json()["refresh_token"])


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": "short"}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_request"),
        ({"code": None}, 400, "invalid_request"),
        ({"code": "guess"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:1/callback"}, 400, "invalid_grant"),
        ({"redirect_uri": None}, 400, "invalid_request"),
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "password", "username": ADA, "password": PASSWORD}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
    ],
)
async def test_the_token_endpoint_refuses(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, changes: dict[str, str | None], status: int, error: str
) -> None:
    await make_member(admin, http, ADA)
    flow = Flow()
    answered = await flow.redeem(http, await flow.code(http, ADA), **changes)
    assert (answered.status_code, answered.json()["error"]) == (status, error)


async def test_a_wrong_verifier_uses_the_code_up(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    flow = Flow()
    code = await flow.code(http, ADA)
    await flow.redeem(http, code, code_verifier="w" * 43)
    assert (await flow.redeem(http, code)).status_code == 400


async def test_a_code_expires(http: httpx.AsyncClient, admin: httpx.AsyncClient, clock: Clock) -> None:
    await make_member(admin, http, ADA)
    flow = Flow()
    code = await flow.code(http, ADA)
    clock.now += 61
    assert (await flow.redeem(http, code)).json()["error"] == "invalid_grant"


async def test_another_client_and_another_realm_cannot_use_a_code(
    http: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    await make_member(admin, http, ADA)
    await make_realm(admin, "tenant-other", "Other")
    body = {"redirectUris": [CALLBACK]}
    await admin.put(f"/auth/admin/realms/{REALM}/clients/second", json=body)
    flow = Flow()
    elsewhere = await Flow(realm="tenant-other", verifier=flow.verifier).redeem(http, await flow.code(http, ADA))
    assert elsewhere.json()["error"] == "invalid_grant"
    by_other = await flow.redeem(http, await flow.code(http, ADA), client_id="second")
    assert by_other.json()["error"] == "invalid_grant"


async def test_users_of_one_realm_are_unknown_in_another(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    await make_realm(admin, "tenant-other", "Other")
    with pytest.raises(LoginFailedError):
        await log_in(http, ADA, realm="tenant-other")


async def test_refresh_rotates_and_reuse_ends_the_session(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    first = await log_in(http, ADA)
    second = await refresh(http, realm_url(), CLIENT, first.refresh_token)
    with pytest.raises(LoginFailedError, match="invalid_grant"):
        await refresh(http, realm_url(), CLIENT, first.refresh_token)
    with pytest.raises(LoginFailedError, match="invalid_grant"):
        await refresh(http, realm_url(), CLIENT, second.refresh_token)


async def test_refresh_ends_with_the_session_and_never_outlives_it(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, clock: Clock
) -> None:
    await make_member(admin, http, ADA)
    tokens = await log_in(http, ADA)
    clock.now += 35_900
    late = await refresh(http, realm_url(), CLIENT, tokens.refresh_token)
    assert (late.expires_in, late.refresh_expires_in) == (100, 100)
    clock.now += 101
    with pytest.raises(LoginFailedError):
        await refresh(http, realm_url(), CLIENT, late.refresh_token)


async def test_refresh_refuses_other_tokens_and_realms(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    await make_realm(admin, "tenant-other", "Other")
    tokens = await log_in(http, ADA)
    for token in (tokens.access_token, tokens.id_token, "nonsense", tokens.refresh_token[:-6] + "AAAAAA"):
        with pytest.raises(LoginFailedError, match="invalid_grant"):
            await refresh(http, realm_url(), CLIENT, token)
    with pytest.raises(LoginFailedError, match="invalid_grant"):
        await refresh(http, realm_url("tenant-other"), CLIENT, tokens.refresh_token)


async def test_userinfo_while_the_session_lives(
    http: httpx.AsyncClient, admin: httpx.AsyncClient, clock: Clock
) -> None:
    user_id = await make_member(admin, http, ADA)
    tokens = await log_in(http, ADA)
    bearer = {"Authorization": f"Bearer {tokens.access_token}"}
    shown = await http.get(endpoint("userinfo"), headers=bearer)
    assert (shown.json()["sub"], shown.json()["email"]) == (user_id, ADA)
    for wrong in ({}, {"Authorization": f"Bearer {tokens.id_token}"}, {"Authorization": "Bearer x.y.z"}):
        refused = await http.get(endpoint("userinfo"), headers=wrong)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
    clock.now += 301
    assert (await http.get(endpoint("userinfo"), headers=bearer)).status_code == 401


async def test_logout_by_id_token(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    tokens = await log_in(http, ADA)
    evil = {"id_token_hint": tokens.id_token, "post_logout_redirect_uri": "https://evil.example"}
    assert (await http.get(endpoint("logout"), params=evil)).status_code == 400
    good = {"id_token_hint": tokens.id_token, "post_logout_redirect_uri": CALLBACK, "state": "s"}
    ended = await http.get(endpoint("logout"), params=good)
    assert (ended.status_code, ended.headers["location"]) == (302, f"{CALLBACK}?state=s")
    with pytest.raises(LoginFailedError):
        await refresh(http, realm_url(), CLIENT, tokens.refresh_token)
    bearer = {"Authorization": f"Bearer {tokens.access_token}"}
    assert (await http.get(endpoint("userinfo"), headers=bearer)).status_code == 401
    assert (await http.get(endpoint("logout"))).status_code == 400


async def test_logout_by_refresh_token(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_member(admin, http, ADA)
    tokens = await log_in(http, ADA)
    form = {"refresh_token": tokens.refresh_token, "client_id": CLIENT}
    assert (await http.post(endpoint("logout"), data={**form, "client_id": "x"})).status_code == 400
    assert (await http.post(endpoint("logout"), data=form)).status_code == 204
    with pytest.raises(LoginFailedError):
        await refresh(http, realm_url(), CLIENT, tokens.refresh_token)


async def test_names_on_the_login_page_are_text(http: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    await make_realm(admin, "tenant-evil", "<script>alert(1)</script>")
    attack = '"><script>alert(2)</script>'
    shown = await Flow(realm="tenant-evil", state=attack).show(http, login_hint=attack)
    assert shown.status_code == 200
    assert "<script" not in shown.text
    assert "&lt;script&gt;alert(1)" in shown.text


async def test_the_correlation_id_is_kept_or_made(http: httpx.AsyncClient, app: FastAPI) -> None:
    kept = await http.get("/health", headers={"X-Correlation-Id": "abcdefgh-1"})
    assert kept.headers["x-correlation-id"] == "abcdefgh-1"
    made = await http.get("/nowhere", headers={"X-Correlation-Id": "bad id!"})
    assert made.status_code == 404
    assert made.headers["x-correlation-id"] == made.json()["correlation_id"] != "bad id!"

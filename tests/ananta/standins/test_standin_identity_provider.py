"""The worker's side: every step can be repeated, and undoing touches only what one made."""

from collections.abc import AsyncIterator

import anyio
import httpx
import pytest
from fastapi import FastAPI

from ananta.settings import Settings
from ananta.standins.login import set_password
from tests.support.standins import ADMIN_SECRET, CALLBACK, ORIGIN, PASSWORD, ROLES, log_in, mails_to
from workers.identity.development import DevelopmentIssuer
from workers.identity.provider import IdentityProvider, IdentityRejected, IdentityUnavailable, ProvisionedRealm

pytestmark = pytest.mark.anyio
REALM = "tenant-new"
ADA = "ada@acme.example"


def provider_over(transport: httpx.AsyncBaseTransport, secret: str = ADMIN_SECRET) -> DevelopmentIssuer:
    return DevelopmentIssuer(
        identity_url="http://issuer.internal", issuer_url=f"{ORIGIN}/auth", admin_secret=secret, transport=transport
    )


@pytest.fixture
async def provider(app: FastAPI) -> AsyncIterator[IdentityProvider]:
    async with provider_over(httpx.ASGITransport(app)) as made:
        yield made


async def make_realm(provider: IdentityProvider, created_by: str = "w1") -> ProvisionedRealm:
    return await provider.ensure_realm(
        REALM, display_name="New", roles=ROLES, redirect_uris=[CALLBACK], created_by=created_by
    )


async def make_user(provider: IdentityProvider, created_by: str = "w1", roles: tuple[str, ...] = ("owner",)):
    return await provider.ensure_user(
        REALM, email=ADA, first_name="Ada", last_name="L", roles=roles, created_by=created_by
    )


async def test_realm_user_mail_login(provider: IdentityProvider, http: httpx.AsyncClient) -> None:
    realm = await make_realm(provider)
    assert realm == ProvisionedRealm(REALM, f"{ORIGIN}/auth/realms/{REALM}", created=True, created_by="w1")
    user = await make_user(provider)
    await provider.send_password_setup(REALM, user.id, idempotency_key="w1-mail")
    await provider.send_password_setup(REALM, user.id, idempotency_key="w1-mail")
    (mail,) = await mails_to(http, ADA)
    await set_password(http, mail["links"][0], PASSWORD)
    await log_in(http, ADA, realm=REALM)


async def test_a_repeat_returns_the_same(provider: IdentityProvider) -> None:
    assert await make_realm(provider) == await make_realm(provider)
    assert await make_user(provider) == await make_user(provider)


async def test_what_another_made_is_found_and_left_as_it_is(provider: IdentityProvider) -> None:
    await make_realm(provider, "w1")
    first = await make_user(provider, "w1", ("viewer",))
    realm, user = await make_realm(provider, "w2"), await make_user(provider, "w2", ("owner",))
    assert (realm.created, realm.created_by) == (False, "w1")
    assert (user.id, user.created, user.created_by, user.roles) == (first.id, False, "w1", ("viewer",))
    assert await provider.delete_user(REALM, user.id, only_if_created_by="w2") is False
    assert await provider.delete_realm(REALM, only_if_created_by="w2") is False
    assert await make_user(provider, "w1") == first


async def test_undo_removes_ones_own_and_can_be_repeated(provider: IdentityProvider) -> None:
    await make_realm(provider)
    user = await make_user(provider)
    outcomes = [await provider.delete_user(REALM, user.id, only_if_created_by="w1") for _ in range(2)]
    assert outcomes == [True, False]
    outcomes = [await provider.delete_realm(REALM, only_if_created_by="w1") for _ in range(2)]
    assert outcomes == [True, False]
    assert await provider.delete_user(REALM, user.id, only_if_created_by="w1") is False


async def test_concurrent_workflows_make_one_realm(provider: IdentityProvider) -> None:
    made: list[ProvisionedRealm] = []

    async def make(created_by: str) -> None:
        made.append(await make_realm(provider, created_by))

    async with anyio.create_task_group() as group:
        for number in range(4):
            group.start_soon(make, f"w{number}")
    assert sum(realm.created for realm in made) == 1
    assert len({realm.created_by for realm in made}) == 1


async def test_refusals_say_cause_and_hint(provider: IdentityProvider, app: FastAPI) -> None:
    with pytest.raises(IdentityRejected) as missing:
        await make_user(provider)
    assert missing.value.cause == "Realm not found."
    assert missing.value.hint
    await make_realm(provider)
    with pytest.raises(IdentityRejected, match="emperor"):
        await make_user(provider, roles=("emperor",))
    with pytest.raises(IdentityRejected, match="User not found"):
        await provider.send_password_setup(REALM, "nobody", idempotency_key="k")
    async with provider_over(httpx.ASGITransport(app), "wrong") as stranger:
        with pytest.raises(IdentityRejected, match="ANANTA_IDENTITY_ADMIN_SECRET"):
            await make_realm(stranger)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_faults_are_worth_another_try(status: int) -> None:
    async with provider_over(httpx.MockTransport(lambda _: httpx.Response(status))) as provider:
        with pytest.raises(IdentityUnavailable, match=str(status)):
            await make_realm(provider)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
async def test_network_errors_are_worth_another_try(error: type[httpx.TransportError]) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error("down")

    async with provider_over(httpx.MockTransport(fail)) as provider:
        with pytest.raises(IdentityUnavailable, match=error.__name__):
            await make_user(provider)


async def test_an_answer_lost_after_the_effect_is_found_by_the_repeat(app: FastAPI) -> None:
    inner = httpx.ASGITransport(app)

    class LosesAnswers(httpx.AsyncBaseTransport):
        losing = True

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await inner.handle_async_request(request)
            if self.losing:
                raise httpx.ReadError("lost", request=request)
            return response

    transport = LosesAnswers()
    async with provider_over(transport) as provider:
        with pytest.raises(IdentityUnavailable):
            await make_realm(provider)
        transport.losing = False
        assert (await make_realm(provider)).created is True


async def test_settings_without_secret_are_refused(settings: Settings) -> None:
    async with DevelopmentIssuer.from_settings(settings):
        pass
    with pytest.raises(ValueError, match="ANANTA_IDENTITY_ADMIN_SECRET"):
        DevelopmentIssuer.from_settings(Settings(state_dir=settings.state_dir))

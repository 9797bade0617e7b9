"""What every endpoint of the issuer works with, put together once."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from ananta.settings import Settings
from ananta.standins.issuer.errors import OAuthError
from ananta.standins.issuer.realms import Realm, find_realm
from ananta.standins.issuer.store import Store
from ananta.standins.mailbox import Mailbox

FILE_NAME = "issuer.sqlite3"


def _login_locks() -> tuple[threading.Lock, ...]:
    return tuple(threading.Lock() for _ in range(64))


@dataclass(frozen=True, slots=True)
class Issuer:
    """The issuer of one checkout; ``base_url`` is its outside address, the same from within."""

    base_url: str
    admin_secret: str
    store: Store
    mailbox: Mailbox
    clock: Callable[[], float] = time.time
    form_secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    login_locks: tuple[threading.Lock, ...] = field(default_factory=_login_locks)

    def realm_url(self, realm: str) -> str:
        """The ``iss`` of a realm's tokens."""
        return f"{self.base_url}/realms/{realm}"

    def realm(self, name: str) -> Realm:
        """The realm of a protocol call."""
        with self.store.read() as connection:
            realm = find_realm(connection, name)
        if realm is None:
            raise OAuthError("realm_not_found", "Realm does not exist", 404)
        return realm

    def login_lock(self, user_id: str) -> threading.Lock:
        """One password of a user is tried at a time, so that parallel guesses are counted one by one."""
        return self.login_locks[hash(user_id) % len(self.login_locks)]


def open_issuer(settings: Settings, clock: Callable[[], float] = time.time) -> Issuer:
    """The issuer over the settings' state folder."""
    secret = settings.identity_admin_secret.get_secret_value() if settings.identity_admin_secret else ""
    if not secret:
        raise ValueError("ANANTA_IDENTITY_ADMIN_SECRET is not set: the admin API of the issuer needs it.")
    return Issuer(
        base_url=settings.issuer_url,
        admin_secret=secret,
        store=Store(settings.state_dir / FILE_NAME),
        mailbox=Mailbox(settings.mailbox_dir),
        clock=clock,
    )


def _from_request(request: Request) -> Issuer:
    issuer: Issuer = request.app.state.issuer
    return issuer


async def _single_form(request: Request) -> dict[str, str]:
    async with request.form(max_files=0, max_fields=64) as form:
        return _single([(name, value) for name, value in form.multi_items() if isinstance(value, str)])


def single_query(request: Request) -> dict[str, str]:
    """The query's parameters; one given twice is refused (RFC 6749, 3.1)."""
    return _single(request.query_params.multi_items())


def _single(items: list[tuple[str, str]]) -> dict[str, str]:
    parameters = dict(items)
    if len(parameters) != len(items):
        raise OAuthError("invalid_request", "A parameter is given more than once")
    return parameters


IssuerDep = Annotated[Issuer, Depends(_from_request)]
FormDep = Annotated[dict[str, str], Depends(_single_form)]
QueryDep = Annotated[dict[str, str], Depends(single_query)]

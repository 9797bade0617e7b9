"""The page behind a mailed link, where a person sets their password."""

from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Response

from ananta.standins.issuer.action_links import ActionLink, find_link
from ananta.standins.issuer.context import FormDep, Issuer, IssuerDep, QueryDep
from ananta.standins.issuer.errors import PageError
from ananta.standins.issuer.pages import page
from ananta.standins.issuer.passwords import MINIMUM_LENGTH, hash_password, policy_violation
from ananta.standins.issuer.realms import Realm, find_realm
from ananta.standins.issuer.users import User, find_user, set_password_hash

router = APIRouter(prefix="/auth/realms/{realm}/login-actions")
log = structlog.get_logger()

_GONE = PageError(410, "This link is no longer valid", "It was used before or has expired. Ask for a new one.")


@router.get("/action-token")
def show_form(realm: str, issuer: IssuerDep, query: QueryDep) -> Response:
    """The form; opening it uses nothing up, because mail scanners open links."""
    found, user, _ = _open_link(issuer, realm, query.get("key", ""))
    return _form(issuer, found, user, query["key"])


@router.post("/action-token")
def set_password(realm: str, issuer: IssuerDep, query: QueryDep, form: FormDep) -> Response:
    """Set the password and use the link up, in one transaction."""
    key = query.get("key", "")
    found, user, _ = _open_link(issuer, realm, key)
    password = form.get("password-new", "")
    error = policy_violation(password, email=user.email)
    if error is None and password != form.get("password-confirm", ""):
        error = "The two passwords differ."
    if error is not None:
        return _form(issuer, found, user, key, error=error)
    password_hash = hash_password(password)
    now = issuer.clock()
    with issuer.store.write() as connection:
        link = find_link(connection, realm, key, now)
        if link is None or not link.is_open:
            raise _GONE
        set_password_hash(connection, link.user_id, password_hash, verifies_email=True, now=now)
    log.info("password_set", realm=realm, user_id=user.id)
    return page(
        "message.html", title="Your password is set", message="You can sign in with it now.", link=link.redirect_uri
    )


def _open_link(issuer: Issuer, realm_name: str, key: str) -> tuple[Realm, User, ActionLink]:
    with issuer.store.read() as connection:
        realm = find_realm(connection, realm_name)
        link = find_link(connection, realm_name, key, issuer.clock())
        user = find_user(connection, realm_name, link.user_id) if link is not None else None
    if realm is None or link is None or user is None:
        raise PageError(404, "This link is not known", "Open it exactly as it stands in the mail.")
    if not link.is_open:
        raise _GONE
    return realm, user, link


def _form(issuer: Issuer, realm: Realm, user: User, key: str, *, error: str | None = None) -> Response:
    path = urlsplit(issuer.realm_url(realm.name)).path
    return page(
        "set_password.html",
        status=200 if error is None else 400,
        realm_name=realm.display_name,
        email=user.email,
        minimum=MINIMUM_LENGTH,
        action=f"{path}/login-actions/action-token?key={key}",
        error=error,
    )

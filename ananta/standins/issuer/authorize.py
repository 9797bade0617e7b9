"""The login page: authorization request in, code out."""

import hashlib
import hmac
import json
import re
import secrets
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from ananta.standins.issuer.context import FormDep, Issuer, IssuerDep, QueryDep
from ananta.standins.issuer.pages import page
from ananta.standins.issuer.passwords import is_password
from ananta.standins.issuer.requests import AuthorizationRequest, check_request
from ananta.standins.issuer.sessions import start_session
from ananta.standins.issuer.users import User, find_user_by_email, forget_failures, note_failure

router = APIRouter(prefix="/auth/realms/{realm}")
log = structlog.get_logger()

COOKIE = "ananta_login"
_COOKIE_SECONDS = 1800
_COOKIE_FORM = re.compile(r"[A-Za-z0-9_-]{43}")
WRONG_LOGIN = "Invalid username or password."
STALE_FORM = "This sign-in page was open for too long. Please sign in again."


@router.get("/protocol/openid-connect/auth")
def show_login(realm: str, request: Request, issuer: IssuerDep, query: QueryDep) -> Response:
    """The login page of a valid authorization request."""
    asked = check_request(issuer, realm, query)
    return _login_page(issuer, request, asked, username=query.get("login_hint", ""))


@router.post("/protocol/openid-connect/auth")
def show_login_posted(realm: str, request: Request, issuer: IssuerDep, form: FormDep) -> Response:
    """The same for a request sent as a form (OpenID Connect Core 3.1.2.1)."""
    asked = check_request(issuer, realm, form)
    return _login_page(issuer, request, asked, username=form.get("login_hint", ""))


@router.post("/login-actions/authenticate")
def authenticate(realm: str, request: Request, issuer: IssuerDep, query: QueryDep, form: FormDep) -> Response:
    """Take the login form; the authorization request in its address is checked again from the start."""
    asked = check_request(issuer, realm, query)
    username = form.get("username", "")
    expected = _form_token(issuer, asked, request.cookies.get(COOKIE, ""))
    if not secrets.compare_digest(expected.encode(), form.get("csrf", "").encode()):
        return _login_page(issuer, request, asked, username=username, error=STALE_FORM, status=400)
    user = _log_in(issuer, realm, username, form.get("password", ""))
    if user is None:
        log.info("login_refused", realm=realm)
        return _login_page(issuer, request, asked, username=username, error=WRONG_LOGIN)
    with issuer.store.write() as connection:
        session_id, code = start_session(connection, user, asked.asked, issuer.clock())
    log.info("login_accepted", realm=realm, user_id=user.id, session_id=session_id)
    target = asked.answer(issuer, code=code, session_state=session_id)
    return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})


def _log_in(issuer: Issuer, realm: str, username: str, password: str) -> User | None:
    """The user with this password; nobody learns whether the address, the password or a lock was the reason."""
    with issuer.store.read() as connection:
        found = find_user_by_email(connection, realm, username)
    if found is None:
        is_password(None, password)
        return None
    with issuer.login_lock(found.id):
        return _try_password(issuer, realm, username, password)


def _try_password(issuer: Issuer, realm: str, username: str, password: str) -> User | None:
    with issuer.store.read() as connection:
        user = find_user_by_email(connection, realm, username)
    is_open = user is not None and user.locked_until <= issuer.clock()
    is_right = is_password(user.password_hash if user is not None and is_open else None, password)
    if user is None or not is_open:
        return None
    with issuer.store.write() as connection:
        if is_right:
            forget_failures(connection, user.id)
        else:
            note_failure(connection, user.id, issuer.clock())
    return user if is_right else None


def _login_page(
    issuer: Issuer,
    request: Request,
    asked: AuthorizationRequest,
    *,
    username: str,
    error: str | None = None,
    status: int = 200,
) -> Response:
    cookie = request.cookies.get(COOKIE, "")
    if not _COOKIE_FORM.fullmatch(cookie):
        cookie = secrets.token_urlsafe(32)
    path = f"{urlsplit(issuer.base_url).path}/realms/{asked.realm.name}/"
    target = urlsplit(asked.asked.redirect_uri)
    response = page(
        "login.html",
        status=status,
        form_targets=[f"{target.scheme}://{target.netloc}"],
        realm_name=asked.realm.display_name,
        action=f"{path}login-actions/authenticate?{urlencode(asked.parameters)}",
        csrf=_form_token(issuer, asked, cookie),
        username=username,
        error=error,
    )
    is_secure = issuer.base_url.startswith("https:")
    response.set_cookie(
        COOKIE, cookie, max_age=_COOKIE_SECONDS, path=path, secure=is_secure, httponly=True, samesite="lax"
    )
    return response


def _form_token(issuer: Issuer, asked: AuthorizationRequest, cookie: str) -> str:
    """Binds a form to the browser that was shown it and to what that browser asked for (login CSRF)."""
    content = json.dumps([cookie, asked.realm.id, sorted(asked.parameters.items())])
    return hmac.new(issuer.form_secret, content.encode(), hashlib.sha256).hexdigest()

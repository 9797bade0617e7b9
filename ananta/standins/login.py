"""Log in by HTTP as a browser would: authorization code with PKCE, for the demo and for tests.

It knows no address but the issuer's: the rest is read from discovery and from the forms of the pages.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import jwt

USERNAME_FIELD = "username"
PASSWORD_FIELD = "password"  # noqa: S105  a field's name
NEW_PASSWORD_FIELD = "password-new"  # noqa: S105
CONFIRM_PASSWORD_FIELD = "password-confirm"  # noqa: S105
_REDIRECTS = (302, 303)


class LoginFailedError(Exception):
    """The issuer did not let the user in, or answered something other than OpenID Connect asks for."""


@dataclass(frozen=True, slots=True)
class TokenSet:
    """What a login brings; times are seconds from the answer."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    id_token: str = field(repr=False)
    expires_in: int
    refresh_expires_in: int


@dataclass(slots=True)
class _Form:
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class _PageParser(HTMLParser):
    """The forms of a page, and what it says to the person."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(_Form(values.get("action", "")))
        elif tag == "input" and self.forms and values.get("name"):
            self.forms[-1].fields[values["name"]] = values.get("value", "")
        elif tag in ("style", "script", "title"):
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "title"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(data.strip())


async def login(  # noqa: PLR0917  who asks, at whom, as whom
    http: httpx.AsyncClient, issuer: str, client_id: str, redirect_uri: str, email: str, password: str
) -> TokenSet:
    """Sign a user in at the realm ``issuer`` and return the tokens."""
    metadata = await _discover(http, issuer)
    verifier, state, nonce = (secrets.token_urlsafe(48) for _ in range(3))
    parameters = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "openid profile email",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    shown = await http.get(metadata["authorization_endpoint"], params=parameters, follow_redirects=False)
    form, address = _form(shown, PASSWORD_FIELD)
    answered = await http.post(
        address, data={**form.fields, USERNAME_FIELD: email, PASSWORD_FIELD: password}, follow_redirects=False
    )
    code = _read_code(answered, redirect_uri=redirect_uri, state=state, issuer=issuer)
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "client_id": client_id}
    tokens = await _ask_tokens(http, metadata["token_endpoint"], {**asked, "code_verifier": verifier})
    await _check_id_token(http, metadata, tokens.id_token, client_id=client_id, nonce=nonce)
    return tokens


async def refresh(http: httpx.AsyncClient, issuer: str, client_id: str, refresh_token: str) -> TokenSet:
    """New tokens for a refresh token, which is used up by it."""
    metadata = await _discover(http, issuer)
    asked = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
    return await _ask_tokens(http, metadata["token_endpoint"], asked)


async def set_password(http: httpx.AsyncClient, link: str, password: str) -> None:
    """Open a mailed link and set the password there, as its owner would."""
    shown = await http.get(link, follow_redirects=True)
    form, address = _form(shown, NEW_PASSWORD_FIELD)
    fields = {**form.fields, NEW_PASSWORD_FIELD: password, CONFIRM_PASSWORD_FIELD: password}
    answered = await http.post(address, data=fields, follow_redirects=True)
    if not answered.is_success:
        raise LoginFailedError(f"The password was not set: {_words(answered)}")


def challenge(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


async def _discover(http: httpx.AsyncClient, issuer: str) -> dict[str, Any]:
    response = await http.get(f"{issuer}/.well-known/openid-configuration")
    if not response.is_success:
        raise LoginFailedError(f"{issuer} is no issuer: its discovery document answers {response.status_code}.")
    metadata: dict[str, Any] = response.json()
    if metadata.get("issuer") != issuer:
        raise LoginFailedError(f"{issuer} calls itself {metadata.get('issuer')!r}.")
    return metadata


def _form(response: httpx.Response, field_name: str) -> tuple[_Form, str]:
    """The page's form with that field, and the address to post it to."""
    if not response.is_success:
        raise LoginFailedError(f"The page answers {response.status_code}: {_words(response)}")
    parser = _parse(response)
    form = next((found for found in parser.forms if field_name in found.fields), None)
    if form is None:
        raise LoginFailedError(f"The page has no form with {field_name!r}: {_words(response)}")
    return form, urljoin(str(response.url), form.action)


def _read_code(response: httpx.Response, *, redirect_uri: str, state: str, issuer: str) -> str:
    location = str(response.headers.get("location", ""))
    if response.status_code not in _REDIRECTS or not _is_at(location, redirect_uri):
        raise LoginFailedError(f"The issuer did not accept the login: {_words(response)}")
    values = {name: found[0] for name, found in parse_qs(urlsplit(location).query).items()}
    if values.get("state") != state or values.get("iss", issuer) != issuer:
        raise LoginFailedError("The answer belongs to another login: state or issuer differ.")
    if "code" not in values:
        raise LoginFailedError(f"{values.get('error')}: {values.get('error_description')}")
    return values["code"]


async def _ask_tokens(http: httpx.AsyncClient, endpoint: str, form: dict[str, str]) -> TokenSet:
    response = await http.post(endpoint, data=form, follow_redirects=False)
    if not response.is_success:
        raise LoginFailedError(f"The token endpoint answers {response.status_code}: {response.text}")
    answer = response.json()
    return TokenSet(
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
        id_token=answer["id_token"],
        expires_in=answer["expires_in"],
        refresh_expires_in=answer["refresh_expires_in"],
    )


async def _check_id_token(
    http: httpx.AsyncClient, metadata: dict[str, Any], id_token: str, *, client_id: str, nonce: str
) -> None:
    """The id token is signed by the realm, for this client and this login (OpenID Connect Core 3.1.3.7)."""
    keys = jwt.PyJWKSet.from_dict((await http.get(metadata["jwks_uri"])).json())
    try:
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        claims = jwt.decode(
            id_token,
            key,
            algorithms=["RS256"],
            audience=client_id,
            issuer=metadata["issuer"],
            options={"verify_iat": False},  # a clock that differs a little is no forgery
        )
    except (KeyError, jwt.InvalidTokenError) as error:
        raise LoginFailedError(f"The id token is not valid: {error}") from error
    if claims.get("nonce") != nonce:
        raise LoginFailedError("The id token belongs to another login: its nonce differs.")


def _is_at(location: str, redirect_uri: str) -> bool:
    return urlsplit(location)._replace(query="", fragment="") == urlsplit(redirect_uri)._replace(query="", fragment="")


def _parse(response: httpx.Response) -> _PageParser:
    parser = _PageParser()
    parser.feed(response.text)
    return parser


def _words(response: httpx.Response) -> str:
    return " ".join(_parse(response).words)[:300]

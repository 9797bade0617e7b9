"""Authorization requests: what is accepted, and how each refusal is answered (OpenID Connect Core 3.1.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ananta.standins.issuer.context import Issuer
from ananta.standins.issuer.errors import PageError
from ananta.standins.issuer.realms import Realm, find_client, find_realm
from ananta.standins.issuer.sessions import CodeRequest

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_KNOWN = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "login_hint",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
)
_MAXIMUM_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A valid authorization request."""

    realm: Realm
    asked: CodeRequest
    state: str | None
    parameters: dict[str, str]

    def answer(self, issuer: Issuer, **values: str) -> str:
        """The address that takes the answer back to the client (with ``iss``, RFC 9207)."""
        return _answer(self.asked.redirect_uri, issuer.realm_url(self.realm.name), self.state, values)


class RedirectedError(Exception):
    """A refusal that the client learns by redirect; ``location`` is the whole address."""

    def __init__(self, location: str) -> None:
        """Answer a redirect."""
        super().__init__(location)
        self.location = location


def check_request(issuer: Issuer, realm_name: str, parameters: Mapping[str, str]) -> AuthorizationRequest:
    """The request, or why not: a page while client and address are not known to be right, a redirect after that."""
    with issuer.store.read() as connection:
        realm = find_realm(connection, realm_name)
        client = find_client(connection, realm_name, parameters.get("client_id", ""))
    if realm is None:
        raise PageError(404, "Not found", "There is no such realm.")
    if client is None:
        raise PageError(400, "We are sorry", "The application that sent you here is not known.")
    redirect_uri = parameters.get("redirect_uri", "")
    if not client.accepts(redirect_uri):
        raise PageError(400, "We are sorry", "Invalid parameter: redirect_uri")
    refusal = _refusal(parameters)
    if refusal is not None:
        values = dict(zip(("error", "error_description"), refusal, strict=True))
        raise RedirectedError(
            _answer(redirect_uri, issuer.realm_url(realm_name), _short(parameters.get("state")), values)
        )
    asked = CodeRequest(
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        code_challenge=parameters["code_challenge"],
        scope=parameters.get("scope", ""),
        nonce=parameters.get("nonce"),
    )
    kept = {name: parameters[name] for name in _KNOWN if name in parameters}
    return AuthorizationRequest(realm=realm, asked=asked, state=parameters.get("state"), parameters=kept)


def with_query(address: str, added: Mapping[str, str]) -> str:
    """The address with more query parameters."""
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *added.items()])
    return urlunsplit(parts._replace(query=query))


def _refusal(parameters: Mapping[str, str]) -> tuple[str, str] | None:
    """The OAuth error and its description, or ``None``."""
    if any(len(parameters.get(name, "")) > _MAXIMUM_LENGTH for name in _KNOWN):
        return "invalid_request", "A parameter is too long"
    if "request" in parameters:
        return "request_not_supported", "Request objects are not supported"
    if "request_uri" in parameters:
        return "request_uri_not_supported", "Request objects are not supported"
    return _flow_refusal(parameters) or _pkce_refusal(parameters) or _prompt_refusal(parameters)


def _flow_refusal(parameters: Mapping[str, str]) -> tuple[str, str] | None:
    if not parameters.get("response_type"):
        return "invalid_request", "Missing parameter: response_type"
    if parameters["response_type"] != "code":
        return "unsupported_response_type", "Only the authorization code flow is supported"
    if parameters.get("response_mode", "query") != "query":
        return "invalid_request", "Invalid parameter: response_mode"
    return None


def _pkce_refusal(parameters: Mapping[str, str]) -> tuple[str, str] | None:
    if not parameters.get("code_challenge"):
        return "invalid_request", "Missing parameter: code_challenge"
    if parameters.get("code_challenge_method", "plain") != "S256":
        return "invalid_request", "Invalid parameter: code_challenge_method (S256 is required)"
    if not _CHALLENGE.fullmatch(parameters["code_challenge"]):
        return "invalid_request", "Invalid parameter: code_challenge"
    return None


def _prompt_refusal(parameters: Mapping[str, str]) -> tuple[str, str] | None:
    """Every login shows the page (there is no single sign-on cookie), so ``prompt=none`` can never succeed."""
    prompts = parameters.get("prompt", "").split()
    if "none" not in prompts:
        return None
    if len(prompts) > 1:
        return "invalid_request", "prompt=none stands alone"
    return "login_required", "The user has to sign in"


def _short(state: str | None) -> str | None:
    return state if state is None or len(state) <= _MAXIMUM_LENGTH else None


def _answer(redirect_uri: str, realm_url: str, state: str | None, values: Mapping[str, str]) -> str:
    return with_query(redirect_uri, {**values, **({"state": state} if state is not None else {}), "iss": realm_url})

"""What of a request's and an answer's headers goes through the gateway."""

import re
from collections.abc import Iterable

import httpx
from starlette.types import Message

from edge_api.gateway.routing import Route

_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer trailers "
    b"transfer-encoding upgrade".split()
)
_NOT_FORWARDED = frozenset(b"host apikey expect forwarded x-real-ip authorization x-correlation-id".split())
_NOT_RETURNED = frozenset(b"server date x-correlation-id".split())
_INTERNAL = b"x-ananta-internal-"
_COUNT = re.compile(rb"\bcount\b", re.IGNORECASE)
_ESTIMATE = re.compile(rb"\bcount\s*=\s*\"?(?:planned|estimated)\"?(?![^,;\s])", re.IGNORECASE)
_SAFE_HEADERS = {
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"content-security-policy": b"frame-ancestors 'none'",
}

Headers = list[tuple[bytes, bytes]]


def _named_by_connection(headers: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    values = [value for name, value in headers if name.lower() == b"connection"]
    return {part.strip().lower() for value in values for part in value.split(b",")}


def passed_on(headers: Headers) -> Headers:
    """A request's headers without what ends at the gateway: hop by hop, keys, and claims only the gateway may make."""
    ends_here = _HOP_BY_HOP | _NOT_FORWARDED | _named_by_connection(headers)
    return [
        (name, value)
        for name, value in headers
        if name not in ends_here and not name.startswith((b"x-forwarded-", _INTERNAL))
    ]


def with_exact_counts(headers: Headers) -> Headers:
    """An estimate would tell of other tenants' rows: the database refuses it (``private.bound_count``)."""
    return [(name, _ESTIMATE.sub(b"count=exact", value) if name == b"prefer" else value) for name, value in headers]


def is_counted(headers: Headers) -> bool:
    """Whether ``private.bound_count`` gives the request a second."""
    return any(name == b"prefer" and _COUNT.search(value) for name, value in headers)


def as_json(headers: Headers) -> Headers:
    """A request for CSV as PostgREST gets it: the gateway writes the CSV of its JSON."""
    kept = [(name, value) for name, value in headers if name != b"accept"]
    return [*kept, (b"accept", b"application/json"), (_INTERNAL + b"answer", b"text/csv")]


def ending(method: str) -> Headers:
    """PostgREST hangs up after a HEAD without saying so: the next request on that connection would fail."""
    return [(b"connection", b"close")] if method == "HEAD" else []


def start(response: httpx.Response, route: Route) -> Message:
    """The status line and the headers of an answer."""
    sent = [(name.lower(), value) for name, value in response.headers.raw]
    ends_here = _HOP_BY_HOP | _NOT_RETURNED | _named_by_connection(sent)
    headers = [(name, value) for name, value in sent if name not in ends_here and not name.startswith(_INTERNAL)]
    headers = [(name, _outside(route, value) if name == b"location" else value) for name, value in headers]
    present = {name for name, _ in headers}
    added = {b"x-content-type-options": b"nosniff"}
    if response.headers.get("content-type", "").startswith("text/html"):
        added |= _SAFE_HEADERS
    headers += [(name, value) for name, value in added.items() if name not in present]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}


def _outside(route: Route, location: bytes) -> bytes:
    return route.outside(location.decode("latin-1")).encode("latin-1")

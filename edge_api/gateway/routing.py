"""The URL table of the gateway: which path goes where, and which goes nowhere."""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

from ananta.settings import Environment, Plane, Settings

_HIDDEN = frozenset({"bootstrap", "webhook", "webhooks", "internal"})
_DANGEROUS = re.compile(rb"[\x00-\x1f\x7f/\\]|%2f|%5c|%2e|%00", re.IGNORECASE)


class InvalidPathError(Exception):
    """The path could mean one thing to the gateway and another to the server behind it."""


@dataclass(frozen=True)
class Route:
    """Where a request goes: ``origin`` + ``inner`` + the rest of the path after ``outer``."""

    origin: str
    outer: str
    inner: str
    plane: Plane | None = None
    exchanges: bool = False
    is_postgrest: bool = False

    def target(self, raw_path: str, query: str) -> str:
        """The address behind the gateway, path and query passed on as they were written."""
        path = self.inner + raw_path[len(self.outer) :]
        return f"{self.origin}{path or '/'}" + (f"?{query}" if query else "")

    def outside(self, location: str) -> str:
        """A ``Location`` of the server behind, as the caller must see it."""
        path = location.removeprefix(self.origin)
        if not path.startswith("/") or path.startswith("//"):
            return location
        return self.outer + path[len(self.inner) :] if path.startswith(self.inner) else path


def keyed_route(route: Route, settings: Settings) -> Route:
    """Where a POST with an ``Idempotency-Key`` goes instead: to PostgREST through the plane's edge (ADR 19)."""
    if not route.is_postgrest or route.plane is None:
        return route
    return replace(route, origin=_edge_url(route.plane, settings), inner="/api/rest/v1")


def segments_of(raw_path: str) -> list[str]:
    """The decoded segments of a path; refuses one with empty, dotted or doubly encoded segments, or encoded slashes."""
    parts = raw_path.split("/")[1:]
    decoded = [unquote_to_bytes(part) for part in parts]
    if not raw_path.startswith("/") or b"" in decoded[:-1]:
        raise InvalidPathError
    if any(part in (b".", b"..") or _DANGEROUS.search(part) for part in decoded):
        raise InvalidPathError
    try:
        return [part.decode("utf-8") for part in decoded]
    except UnicodeDecodeError:
        raise InvalidPathError from None


def find_route(raw_path: str, settings: Settings) -> Route | None:
    """The route of a path, or None where nothing is exposed. The fixed part must be written plainly."""
    segments = [segment.lower() for segment in segments_of(raw_path)]
    if segments[0] == "api":
        route = _api_route(segments[1:5], settings)
    elif segments[:2] == ["auth", "admin"]:
        route = None  # the provider's admin interface is for the platform's own worker
    elif segments[0] == "auth" or (segments[0] == "mailbox" and settings.environment is Environment.DEVELOPMENT):
        route = Route(settings.identity_url, f"/{segments[0]}", f"/{segments[0]}")
    else:
        route = None
    return route if route is not None and _is_below(raw_path, route.outer) else None


def _api_route(segments: list[str], settings: Settings) -> Route | None:
    if len(segments) < 2 or segments[0] not in tuple(Plane):
        return None
    plane, first, second = Plane(segments[0]), segments[1], (segments[2] if len(segments) > 2 else "")
    outer = f"/api/{plane}"
    if first in _HIDDEN or not first:
        return None
    if first == "rest":
        origin = settings.control_rest_url if plane is Plane.CONTROL else settings.app_rest_url
        outer = f"{outer}/rest/v1"
        return Route(origin, outer, "", plane, exchanges=True, is_postgrest=True) if second == "v1" else None
    if plane is Plane.APP and first in ("cns", "summary"):
        origin = settings.cns_url if first == "cns" else settings.summary_url
        return None if second in _HIDDEN else Route(origin, outer, "/api", plane, exchanges=True)
    return Route(_edge_url(plane, settings), outer, "/api", plane, exchanges=(first, second) != ("auth", "exchange"))


def _edge_url(plane: Plane, settings: Settings) -> str:
    return settings.control_edge_url if plane is Plane.CONTROL else settings.app_edge_url


def _is_below(raw_path: str, outer: str) -> bool:
    return raw_path == outer or raw_path.startswith(f"{outer}/")

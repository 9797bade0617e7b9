"""PostgREST behind an ``Idempotency-Key``: the gateway sends the POSTs that carry one through here (ADR 19).

``private.check_request`` takes the key in the transaction of the effect. The answer is kept once PostgREST has given
it; where a crash came between, it is made again from the rows that the transaction wrote.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import psycopg
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from edge_api.database import Claims, Database
from edge_api.idempotency import IN_USE, REPLAYED, InUseError, Key, fingerprint, patiently, read_key
from edge_api.problems import ProblemError
from edge_api.tokens import PlatformTokens, bearer

PREFIX = "/api/rest/v1"
USED = "idempotency_key_used"
FINGERPRINT_HEADER = "x-ananta-internal-fingerprint"
LONGEST_KEPT = 64 * 1024  # bytes, for a day and each key
_TIMEOUT = httpx.Timeout(60.0, connect=2.0, pool=5.0)
_LIMITS = httpx.Limits(max_connections=100, keepalive_expiry=3.0)
_TELLS_APART = frozenset({"accept", "content-type", "content-profile", "prefer"})
_HOP_BY_HOP = frozenset(
    ["connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"]
)
_NOT_RETURNED = _HOP_BY_HOP | {"date", "server"}
_PREFERENCES = ("resolution", "missing", "return", "count")
_OF_THE_POST = frozenset({"content-type", "content-profile", "prefer", "idempotency-key", FINGERPRINT_HEADER})

log = structlog.get_logger()
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Post:
    """A POST on its way to PostgREST."""

    path: str
    query: str
    headers: Headers
    body: bytes

    def fingerprint(self) -> str:
        """What tells it from any other."""
        headers = sorted((name, value) for name, value in self.headers if name in _TELLS_APART)
        return fingerprint(self.path, self.query, headers, sha256(self.body).hexdigest())

    def row_count(self) -> int | None:
        """How many rows it brings, where that can be seen."""
        try:
            rows = json.loads(self.body)
        except ValueError:
            return None
        return len(rows) if isinstance(rows, list) else 1

    def preferences(self) -> dict[str, str]:
        """What of its ``Prefer`` says how it is done and answered, in the order in which PostgREST confirms it."""
        texts = [text.strip() for name, value in self.headers if name == "prefer" for text in value.split(",")]
        found = dict(text.split("=", 1) for text in reversed(texts) if "=" in text)
        return {name: found[name] for name in _PREFERENCES if name in found}

    def read_back(self, transaction_id: str, select: str | None) -> tuple[str, Headers]:
        """Path and headers of a GET of the rows that its transaction wrote."""
        chosen = [] if select is None else [("select", select)]
        query = urlencode([*chosen, ("xmin", f"eq.{int(transaction_id) % 2**32}")])
        headers = [(name, value) for name, value in self.headers if name not in _OF_THE_POST]
        profile = [("accept-profile", value) for name, value in self.headers if name == "content-profile"]
        return f"{self.path}?{query}", [*headers, *profile]


@dataclass(frozen=True)
class Answer:
    """An answer of PostgREST, as it is kept."""

    status: int
    headers: Headers = field(default_factory=list)
    body: str = ""

    def response(self, **added: str) -> Response:
        """What the caller gets."""
        response = Response(self.body, self.status)
        response.raw_headers += [(name.encode(), value.encode("latin-1")) for name, value in self._returned(added)]
        return response

    def _returned(self, added: dict[str, str]) -> Iterator[tuple[str, str]]:
        yield from added.items()
        for name, value in self.headers:
            yield name, (PREFIX + value if name == "location" else value)


class RestOnce:
    """POSTs to one plane's PostgREST, each carried out once."""

    def __init__(self, database: Database, tokens: PlatformTokens, http: httpx.AsyncBaseTransport, url: str) -> None:
        self._database = database
        self._tokens = tokens
        self._http = http
        self._url = url

    async def post(self, request: Request) -> Response:
        """The answer to a POST, given now or as it was given before."""
        value, claims = read_key(request), self._claims(request)
        headers = [(name.lower(), text) for name, text in request.headers.items() if name.lower() not in _HOP_BY_HOP]
        raw_path = request.scope["raw_path"].decode("ascii").removeprefix(PREFIX)
        post = Post(raw_path, request.scope["query_string"].decode("ascii"), headers, await request.body())
        if value is None or claims is None:  # nobody may create anything: PostgREST refuses it
            return _answer(await self._send(post)).response()
        key = Key(value, post.fingerprint())
        post.headers.append((FINGERPRINT_HEADER, key.fingerprint))
        return await patiently(lambda: self._attempt(key, claims, post))

    def _claims(self, request: Request) -> Claims | None:
        """The caller's claims, None for nobody. A token is refused here even where PostgREST is more lenient."""
        return self._tokens.verify(bearer(request)) if "authorization" in request.headers else None

    async def _attempt(self, key: Key, claims: Claims, post: Post) -> Response:
        given = await self._send(post)
        slug = _slug(given)
        if slug == IN_USE:
            raise InUseError
        if slug == USED:
            return (await self._earlier(key, claims, post)).response(**REPLAYED)
        answer = _answer(given)
        if given.is_success:
            await self._keep(key, claims, answer)
        return answer.response()

    async def _send(self, post: Post) -> httpx.Response:
        target = f"{post.path}?{post.query}" if post.query else post.path
        return await self._ask("POST", target, post.headers, post.body)

    async def _ask(self, method: str, target: str, headers: Headers, body: bytes | None = None) -> httpx.Response:
        """PostgREST's answer. Without one the caller is told to repeat, which is safe now."""
        timeout = {"timeout": _TIMEOUT.as_dict()}
        request = httpx.Request(method, f"{self._url}{target}", headers=headers, content=body, extensions=timeout)
        try:
            given = await self._http.handle_async_request(request)
            try:
                await given.aread()
            finally:
                await given.aclose()
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            hint = "It took too long. Repeat it with the same Idempotency-Key."
            raise ProblemError(504, "upstream_timeout", hint) from error
        except httpx.HTTPError as error:
            log.warning("upstream_unavailable", reason=type(error).__name__)
            raise _unavailable() from error
        return given

    async def _earlier(self, key: Key, claims: Claims, post: Post) -> Answer:
        """The first answer; where it was lost, one from the rows as they are."""
        async with self._database.transaction(claims) as connection:
            row = await key.earlier(connection)
            if row is None:  # its day ended at this moment: the request is a new one
                raise InUseError
            if row["answer"] is not None:
                await key.show(connection, row["answer"], post.body.decode(errors="replace"))
                return Answer(**row["answer"])
        answer = await self._made_again(post, row["transaction_id"])
        if answer is None:
            hint = "It was carried out, and its answer is lost. Look at what it made, or repeat it in a moment."
            raise ProblemError(409, "idempotency_answer_lost", hint)
        await self._keep(key, claims, answer)
        return answer

    async def _made_again(self, post: Post, transaction_id: str) -> Answer | None:
        preferences, count = post.preferences(), post.row_count()
        wanted = preferences.get("return", "minimal")
        is_counted = preferences.get("count") == "exact"
        if post.path.startswith("/rpc/") or (count is None and is_counted):
            return None
        headers = [("content-range", f"*/{count if is_counted else '*'}")]
        if preferences:
            headers.append(("preference-applied", ", ".join(f"{name}={text}" for name, text in preferences.items())))
        if wanted == "minimal":
            return Answer(201, headers)
        select = "id" if wanted == "headers-only" else dict(parse_qsl(post.query)).get("select")
        given = await self._ask("GET", *post.read_back(transaction_id, select))
        if given.is_server_error:  # it may come yet: that is no answer lost
            raise _unavailable()
        if not given.is_success or count != _row_count(given):
            return None  # what changed since cannot be told from what was never there
        if wanted == "headers-only":
            found = [("location", f"{post.path}?id=eq.{row['id']}") for row in given.json()] if count == 1 else []
            return Answer(201, [*found, *headers])
        return Answer(201, [("content-type", given.headers["content-type"]), *headers], given.text)

    async def _keep(self, key: Key, claims: Claims, answer: Answer) -> None:
        """Keep an answer; one that cannot be kept is made again when it is asked for."""
        if len(answer.body.encode()) > LONGEST_KEPT:
            return
        headers = [(name, value) for name, value in answer.headers if not name.startswith("x-ananta-internal-")]
        kept = (Jsonb(claims), key.value, Jsonb(asdict(replace(answer, headers=headers))))
        try:
            await self._database.call("select private.keep_request_answer(%s, %s, %s)", kept)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("answer_not_kept", error=type(error).__name__)


def transport() -> httpx.AsyncBaseTransport:
    """The way to PostgREST; bare, because a client would share cookies between callers."""
    return httpx.AsyncHTTPTransport(limits=_LIMITS, trust_env=False)


def router(database: Database, tokens: PlatformTokens, http: httpx.AsyncBaseTransport, url: str) -> APIRouter:
    """``POST /api/rest/v1/*``, where the gateway sends what carries a key."""
    routes, rest = APIRouter(), RestOnce(database, tokens, http, url)

    @routes.post(PREFIX + "/{path:path}", include_in_schema=False)
    async def post(request: Request) -> Response:
        return await rest.post(request)

    return routes


def _answer(given: httpx.Response) -> Answer:
    headers = [(name.lower(), value) for name, value in given.headers.multi_items()]
    return Answer(given.status_code, [pair for pair in headers if pair[0] not in _NOT_RETURNED], given.text)


def _unavailable() -> ProblemError:
    hint = "Repeat it with the same Idempotency-Key in a few seconds."
    return ProblemError(503, "upstream_unavailable", hint, headers={"Retry-After": "1"})


def _slug(given: httpx.Response) -> Any:
    if given.is_success:
        return None
    try:
        body = given.json()
    except ValueError:
        return None
    return body.get("message") if isinstance(body, dict) else None


def _row_count(given: httpx.Response) -> int:
    rows = given.json()
    return len(rows) if isinstance(rows, list) else 1

"""Bodies of requests on their way through the gateway: as they come, up to a limit."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from starlette.types import Receive

MAX_BODY_BYTES = 25 * 1024 * 1024


class ClientGoneError(Exception):
    """The caller went away while sending."""


class BodyTooLargeError(Exception):
    """The request's body is larger than the gateway takes."""


async def body_of(
    receive: Receive, headers: Sequence[tuple[bytes, bytes]], take: Callable[[], Awaitable[None]]
) -> AsyncIterator[bytes] | None:
    """The request's body as it comes, up to the limit; None without one.

    ``take`` is awaited before its last part goes on. A short one is here at once: then nothing has gone on, and a call
    that waits holds no connection.
    """
    announced = next((value for name, value in headers if name == b"content-length"), None)
    if announced is not None and announced.isdigit() and int(announced) > MAX_BODY_BYTES:
        raise BodyTooLargeError
    has_body = announced not in (None, b"0") or any(name == b"transfer-encoding" for name, _ in headers)
    if not has_body:
        await take()
        return None
    chunks = _chunks(receive, announced, take)
    return _again(await anext(chunks, b""), chunks)


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for chunk in rest:
        yield chunk


async def _chunks(
    receive: Receive, announced: bytes | None, take: Callable[[], Awaitable[None]]
) -> AsyncIterator[bytes]:
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise BodyTooLargeError
        more = message.get("more_body", False) and str(size).encode() != announced
        if not more:
            await take()
        if chunk:
            yield chunk

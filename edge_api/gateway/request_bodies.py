"""Bodies of requests on their way through the gateway: small ones whole, larger ones as they come, up to a limit.

A body that comes slowly holds no connection to the servers behind while it is small; one that stands still ends.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from starlette.types import Receive

MAX_BODY_BYTES = 25 * 1024 * 1024
WHOLE_BYTES = 1024 * 1024
BLOCK_BYTES = 64 * 1024
BLOCK_SECONDS = 30.0
HELD_BYTES = 128 * 1024 * 1024

Headers = Sequence[tuple[bytes, bytes]]
Take = Callable[[], Awaitable[None]]


class ClientGoneError(Exception):
    """The caller went away while sending."""


class BodyTooLargeError(Exception):
    """The request's body is larger than the gateway takes."""


class BodyTooSlowError(Exception):
    """Neither a block of the body nor its end came in time."""


class Bodies:
    """Reads them. All that are held together have so much room; without it a body goes on before it is whole."""

    def __init__(self, room: int = HELD_BYTES) -> None:
        self._room = room

    async def read(
        self, receive: Receive, headers: Headers, *, whole: Take, upload: Take, end: Take
    ) -> bytes | AsyncIterator[bytes] | None:
        """The request's body: whole up to 1 MiB, above as it comes, up to the limit; None without one.

        Before anything goes on, ``whole`` is awaited for the one, ``upload`` for the other; ``end`` before the last
        part of the other.
        """
        announced = next((value for name, value in headers if name == b"content-length"), None)
        if announced is not None and announced.isdigit() and int(announced) > MAX_BODY_BYTES:
            raise BodyTooLargeError
        has_body = announced not in (None, b"0") or any(name == b"transfer-encoding" for name, _ in headers)
        if not has_body:
            await whole()
            return None
        begun, blocks = bytearray(), _blocks(receive, announced)
        try:
            async for block, is_last in blocks:
                begun += block
                self._room -= len(block)
                if not is_last and (len(begun) > WHOLE_BYTES or self._room < 0):
                    await upload()
                    return _streamed(bytes(begun), blocks, end)
            await whole()
            return bytes(begun)
        finally:
            self._room += len(begun)


async def _streamed(begun: bytes, blocks: AsyncIterator[tuple[bytes, bool]], end: Take) -> AsyncIterator[bytes]:
    yield begun
    async for block, is_last in blocks:
        if is_last:
            await end()
        if block:
            yield block


async def _blocks(receive: Receive, announced: bytes | None) -> AsyncIterator[tuple[bytes, bool]]:
    """The body in blocks, and whether one is the last.

    A trickle is no block: who sends a byte from time to time is as slow as who sends none.
    """
    size = 0
    more = True
    while more:
        block = bytearray()
        try:
            async with asyncio.timeout(BLOCK_SECONDS):
                while more and len(block) < BLOCK_BYTES:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGoneError
                    chunk = message.get("body", b"")
                    size += len(chunk)
                    if size > MAX_BODY_BYTES:
                        raise BodyTooLargeError
                    more = message.get("more_body", False) and str(size).encode() != announced
                    block += chunk
        except TimeoutError:
            raise BodyTooSlowError from None
        yield bytes(block), not more

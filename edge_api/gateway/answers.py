"""Answers on their way back: as they come, as CSV, with the correlation id, or without what a role may not do."""

import asyncio
import contextlib
import json
from collections.abc import Mapping

import httpx
import structlog
from starlette.types import Message, Send

from edge_api import busy, correlation
from edge_api.gateway import csv_answers, openapi
from edge_api.gateway.headers import start
from edge_api.gateway.routing import Route

log = structlog.get_logger()
SEND_SECONDS = 30.0
_COUNT_HINT = "Filter more, or leave the count out and page by key; totals are in rpc/current_usage."


class ReaderTooSlowError(Exception):
    """The caller does not take the answer."""


def patient(send: Send) -> Send:
    """``send``, for so long: a part of an answer (64 KiB) must have room by then, or the answer is broken off."""

    async def send_in_time(message: Message) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await send(message)
        except TimeoutError:
            raise ReaderTooSlowError from None

    return send_in_time


async def refuse(send: Send, status: int, slug: str, hint: str, headers: Mapping[str, str] | None = None) -> None:
    await correlation.send_error(send, status, correlation.error_body(f"PT{status}", slug, hint=hint), headers)


async def answer(response: httpx.Response, route: Route, send: Send, *, is_counted: bool = False) -> None:
    """Pass the answer on as it comes. One that breaks off stays unfinished, so that the caller notices."""
    if response.is_error and response.headers.get("content-type", "").startswith("application/json"):
        await _answer_error(response, route, send, is_counted=is_counted)
        return
    await send(start(response, route))
    try:
        async for chunk in response.aiter_raw():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except httpx.HTTPError as failure:
        log.warning("upstream_broke_off", reason=type(failure).__name__)
        return
    await send({"type": "http.response.body", "body": b""})


async def answer_csv(response: httpx.Response, route: Route, send: Send, *, is_counted: bool = False) -> None:
    """Write PostgREST's JSON as CSV; errors, and answers without a body, pass as they are."""
    is_json = response.headers.get("content-type", "").startswith("application/json")
    if response.is_error or not is_json:
        await answer(response, route, send, is_counted=is_counted)
        return
    content = await response.aread()
    try:
        content = await asyncio.to_thread(csv_answers.to_csv, content) if content else b""
    except csv_answers.UnwritableError:
        await refuse(send, 406, "csv_unavailable", "Ask for application/json.")
        return
    begun = start(response, route)
    begun["headers"] = [(n, v) for n, v in begun["headers"] if n not in (b"content-length", b"content-type")]
    begun["headers"].append((b"content-type", csv_answers.MEDIA_TYPE.encode("ascii")))
    await _send_whole(send, begun, content)


async def _answer_error(response: httpx.Response, route: Route, send: Send, *, is_counted: bool) -> None:
    """Pass an error on with the id that finds it in the logs, which PostgREST does not write into it."""
    content = await response.aread()
    with contextlib.suppress(ValueError):
        body = json.loads(content)
        if is_counted and isinstance(body, dict) and body.get("code") == busy.STATEMENT_TIMEOUT:
            await refuse(send, 422, "count_too_large", _COUNT_HINT)
            return
        if isinstance(body, dict) and body.get("code") in busy.CODES:
            structlog.contextvars.bind_contextvars(code=body["code"])
            said = correlation.error_body("PT503", "busy", details=json.dumps({"code": body["code"]}), hint=busy.HINT)
            await correlation.send_error(send, 503, said, busy.HEADERS)
            return
        if isinstance(body, dict) and "message" in body:
            # The code alone is for the log: messages of refusals quote what the caller sent.
            structlog.contextvars.bind_contextvars(code=body.get("code"))
            if response.is_server_error:
                log.warning("answered_with_error", status=response.status_code, reason=body["message"])
            content = json.dumps({"correlation_id": correlation.correlation_id()} | body).encode()
    begun = start(response, route)
    begun["headers"] = [(name, value) for name, value in begun["headers"] if name != b"content-length"]
    await _send_whole(send, begun, content)


async def answer_document(response: httpx.Response, allowed: httpx.Response, route: Route, send: Send) -> None:
    """Write PostgREST's OpenAPI document without the methods that the asking role may not use."""
    try:
        if allowed.is_error:
            await answer(allowed, route, send)
            return
        content = openapi.trimmed(await response.aread(), await allowed.aread())
    finally:
        await allowed.aclose()
    begun = start(response, route)
    begun["headers"] = [(name, value) for name, value in begun["headers"] if name != b"content-length"]
    await _send_whole(send, begun, content)


async def _send_whole(send: Send, begun: Message, content: bytes) -> None:
    if content:
        begun["headers"].append((b"content-length", str(len(content)).encode("ascii")))
    await send(begun)
    await send({"type": "http.response.body", "body": content})

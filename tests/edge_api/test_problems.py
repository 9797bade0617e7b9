"""What a database error is to a client of an edge, where it says to come back."""

import asyncio
import errno
import os
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI, Request
from psycopg_pool import PoolTimeout

from edge_api import busy
from edge_api.call_intake import CallBatch
from edge_api.problems import from_database, install


async def ask(app: FastAPI, method: str, **arguments: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge") as http:
        return await http.request(method, "/", **arguments)


@pytest.mark.parametrize("state", sorted(code for code in busy.CODES if not code.startswith("PGRST")))
def test_what_may_succeed_later_says_so(state: str) -> None:
    problem = from_database(psycopg.errors.lookup(state)())
    assert (problem.status, problem.slug, problem.headers) == (503, "busy", {"Retry-After": "1"})
    assert problem.details == {"code": state}


def test_a_database_that_is_not_there_is_another_matter() -> None:
    problem = from_database(psycopg.errors.AdminShutdown())
    assert (problem.status, problem.slug, problem.headers) == (503, "database_unavailable", {"Retry-After": "5"})


def test_no_connection_in_time_may_be_either() -> None:
    """All in use, or the database away: the pool cannot tell."""
    app = FastAPI()
    install(app)

    @app.get("/")
    async def read() -> None:
        raise PoolTimeout

    answer = asyncio.run(ask(app, "GET"))
    assert (answer.status_code, answer.json()["message"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_a_signed_body_with_wrong_fields_is_told_which() -> None:
    app = FastAPI()
    install(app)

    @app.post("/")
    async def take(request: Request) -> None:
        CallBatch.model_validate(await request.json())

    body = {"startedAt": "2026-01-01T00:00:00Z", "calls": [{"organizationId": "x", "calls": 1}]}

    answer = asyncio.run(ask(app, "POST", json=body))
    assert (answer.status_code, answer.json()["message"]) == (422, "invalid_request")
    assert "calls.0.organizationId" in answer.json()["details"]


def test_a_full_disk_says_so() -> None:
    problem = from_database(psycopg.errors.DiskFull())
    assert (problem.status, problem.slug, problem.headers) == (503, "storage_full", {"Retry-After": "60"})
    app = FastAPI()
    install(app)

    @app.post("/{number}")
    async def write(number: int) -> None:
        raise OSError(number, os.strerror(number))

    async def ask(number: int) -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as http:
            return await http.post(f"/{number}")

    answers = [asyncio.run(ask(number)) for number in (errno.ENOSPC, errno.EIO)]
    assert [(each.status_code, each.json()["message"]) for each in answers] == [
        (503, "storage_full"),
        (500, "internal_error"),
    ]

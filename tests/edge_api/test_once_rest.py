"""PostgREST behind a key, without one: what is said when it is away just as a lost answer is made again."""

import asyncio

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from ananta.settings import Plane, Settings
from edge_api import problems
from edge_api.database import Database
from edge_api.once_rest import Post, RestOnce
from edge_api.problems import ProblemError
from edge_api.tokens import PlatformTokens

POST = Post("/components", "select=id", [("prefer", "return=representation")], b'{"mpn": "A"}')


def made_again(status: int, content: object) -> object:
    """What becomes of a lost answer when PostgREST answers the look for its rows so."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.query) == ("GET", b"select=id&xmin=eq.7")
        return httpx.Response(status, json=content)

    async def ask() -> object:
        database = Database(SecretStr("postgresql://nobody@127.0.0.1:1/none"))
        transport = httpx.MockTransport(answer)
        once = RestOnce(database, PlatformTokens(Plane.APP, Settings()), transport, "http://rest.example")
        return await once._made_again(POST, "7")

    return asyncio.run(ask())


@pytest.mark.parametrize("status", [500, 503, 504])
def test_an_answer_is_not_lost_because_postgrest_is_away(status: int) -> None:
    with pytest.raises(ProblemError) as refused:
        made_again(status, {"message": "x"})
    assert (refused.value.status, refused.value.slug) == (503, "upstream_unavailable")


def test_an_answer_is_lost_where_its_rows_have_changed() -> None:
    assert made_again(200, []) is None
    assert made_again(200, [{"id": 1}]) is not None


def test_a_lock_held_for_long_is_no_fault_of_the_values() -> None:
    problem = problems.from_database(psycopg.errors.LockNotAvailable())
    assert (problem.status, problem.slug) == (503, "busy")

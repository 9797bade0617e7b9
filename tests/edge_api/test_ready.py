"""An edge is ready when its database answers; alive it is before."""

import asyncio

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from edge_api.application import make_app
from edge_api.database import Database
from tests.conftest import PASSWORDS

NOWHERE = "postgresql://app_edge@127.0.0.1:1/supabase"


@pytest.mark.parametrize(("is_there", "expected"), [(True, 200), (False, 503)])
def test_ready_is_with_its_database(cluster: str, is_there: bool, expected: int) -> None:
    dsn = psycopg.conninfo.make_conninfo(
        cluster, dbname=DATABASES[Plane.APP], user="app_edge", password=PASSWORDS["app_edge"]
    )
    database = Database(SecretStr(dsn if is_there else NOWHERE))
    database._pool.timeout = 10 if is_there else 0.2
    app = make_app("An edge", database)

    async def ask() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://edge") as http,
        ):
            return [(await http.get(path)).status_code for path in ("/health", "/ready")]

    assert asyncio.run(ask()) == [200, expected]

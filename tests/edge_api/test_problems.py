"""What a database error is to a client of an edge, where it says to come back."""

import psycopg
import pytest

from edge_api import busy
from edge_api.problems import from_database


@pytest.mark.parametrize("state", sorted(code for code in busy.CODES if not code.startswith("PGRST")))
def test_what_may_succeed_later_says_so(state: str) -> None:
    problem = from_database(psycopg.errors.lookup(state)())
    assert (problem.status, problem.slug, problem.headers) == (503, "busy", {"Retry-After": "1"})
    assert problem.details == {"code": state}


def test_a_database_that_is_not_there_is_another_matter() -> None:
    problem = from_database(psycopg.errors.AdminShutdown())
    assert (problem.status, problem.slug, problem.headers) == (503, "database_unavailable", {"Retry-After": "5"})

"""Every table as CSV: the same values as in JSON, and no cell that a spreadsheet takes for a formula."""

import secrets
from collections.abc import Iterator

import pytest

from ananta.settings import Plane
from tests.support import csv_answers
from tests.support.exposure import rules
from tests.support.tallies import tally
from tests.support.world import World

RULES = rules(Plane.APP)
READABLE = [
    name
    for name, rule in RULES.tables.items()
    if "select" in {*rule.least, *rule.operator} and name != "mentions"  # the one mentioned sees them, no owner
]


@pytest.fixture(scope="module")
def sown(world: World) -> Iterator[dict[str, int]]:
    with csv_answers.sown(world, Plane.APP) as count:
        tally(f"{sum(count.values())} columns of {len(count)} tables of the app plane hold formulas")
        yield count


@pytest.mark.parametrize("table", READABLE)
def test_no_table_gives_formulas(world: World, sown: dict[str, int], table: str) -> None:
    assert csv_answers.query_faults(world, Plane.APP, RULES, table) == []


def test_formulas_stand_in_most_tables(sown: dict[str, int]) -> None:
    assert sum(1 for count in sown.values() if count) > len(sown) / 2


def test_rows_of_a_change_come_as_csv(world: World) -> None:
    token, mpn = world.token(Plane.APP, "alpha", "owner"), f"=CSV{secrets.token_hex(4)}"
    url = f"{world.platform.url}/api/app/rest/v1/components"
    returning = {"Prefer": "return=representation"}
    made = csv_answers.ask(
        f"{url}?select=mpn,description", token, "text/csv", "POST", json={"mpn": mpn}, headers=returning
    )
    assert (made.status_code, made.text) == (201, f"mpn,description\n'{mpn},")
    gone = csv_answers.ask(f"{url}?mpn=eq.{mpn}&select=mpn", token, "text/csv", "DELETE", headers=returning)
    assert (gone.status_code, gone.text) == (200, f"mpn\n'{mpn}")
    minimal = csv_answers.ask(url, token, "text/csv", "POST", json={"mpn": f"{mpn}2"})
    assert (minimal.status_code, minimal.text) == (201, "")


def test_errors_stay_json_and_other_aggregates_are_no_functions(world: World) -> None:
    token, base = world.token(Plane.APP, "alpha", "owner"), f"{world.platform.url}/api/app/rest/v1"
    wrong = csv_answers.ask(f"{base}/components?select=nothing", token, "text/csv")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "42703")
    assert csv_answers.ask(f"{base}/rpc/format_csv", token, "application/json", "POST", json={}).status_code == 404
    assert csv_answers.ask(f"{base}/components?mpn=eq.none", token, "text/csv").text == ""


def test_answers_of_functions_come_as_csv(world: World) -> None:
    token, base = world.token(Plane.APP, "alpha", "owner"), f"{world.platform.url}/api/app/rest/v1/rpc"
    summary = csv_answers.ask(f"{base}/dashboard_summary", token, "text/csv", "POST", json={})
    assert summary.text.partition("\n")[0] == "boms,seats,usage,limits,open_alerts,organization"


def test_postgrest_itself_gives_no_columns_wrongly_named(world: World) -> None:
    """Past the gateway chosen columns are an error of PostgREST 12.0 (42846), never a formula."""
    token = world.token(Plane.APP, "alpha", "owner")
    url = f"http://127.0.0.1:{world.platform.ports['app_rest']}/components?select=mpn,description"
    answer = csv_answers.ask(url, token, "text/csv")
    assert (answer.status_code, answer.json()["code"]) == (400, "42846")

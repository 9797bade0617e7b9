"""Limits hold to the last place while many ask at once (the whole of it: bin/ananta bench quota-races)."""

import secrets

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta.database_setup import DATABASES
from ananta.settings import Plane
from tests.support.function_mutants import mutated
from tests.support.quota_races import METRICS, Race
from tests.support.tallies import tally

ROUNDS, CLIENTS = 8, 32


@pytest.mark.parametrize("metric", METRICS)
def test_nobody_gets_a_place_too_many(cluster: str, metric: str) -> None:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db:
        race = Race(dsn, db, metric, CLIENTS, secrets.randbelow(1_000_000)).run(ROUNDS)
    tally(f"quota race, {ROUNDS} rounds of {race}")
    assert race.faults == []
    assert set(race.outcomes) == {"kept", "given back", "rolled back", "refused"}


ADD_USAGE = "private.add_usage(uuid, text, bigint)"
MUTANTS = {
    "one too many": (
        ("counter.current_count > counter.limit_value", "counter.current_count > counter.limit_value + 1"),
    ),
    "lost updates": (
        ("for no key update skip locked", ""),
        (
            "greatest(0, c.current_count + delta)",
            "delta + (select u.current_count from private.usage_counters as u where u.number = 0"
            " and u.organization_id = add_usage.organization_id and u.metric = add_usage.metric)",
        ),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_counter_that_is_not_exact_is_found(cluster: str, mutant: str) -> None:
    dsn = psycopg.conninfo.make_conninfo(cluster, dbname=DATABASES[Plane.APP])
    with (
        psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as db,
        mutated(db, {ADD_USAGE: MUTANTS[mutant]}),
    ):
        race = Race(dsn, db, "components", CLIENTS, 1).run(4)
    assert race.faults

"""Searching an organization's components by what their part numbers begin with."""

import itertools
import json
from typing import Any

import pytest

from tests.support.acting import Db, Organization
from tests.support.plans import nodes

NUMBERS = ["LM358-N", "lm358 dr", "LM35", "LM3", "XLM358", "SMBJ6.0CA", "SMBJ60CA", "LMX58"]
PARTS = "insert into public.components (organization_id, mpn, manufacturer) values (%s, %s, %s)"
SEARCH = "select * from public.search_components(%s)"


@pytest.fixture
def company(app_db: Db) -> Organization:
    company, other = Organization.of(app_db), Organization.of(app_db)
    for number, organization in itertools.product(NUMBERS, (company, other)):
        app_db.execute(PARTS, (organization.id, number, "Onsemi"))
    app_db.execute(PARTS, (other.id, "LM358OTHER", "Onsemi"))
    app_db.execute(PARTS, (company.id, "LM358N", "TI"))
    return company


def found(company: Organization, query: str | None, **arguments: Any) -> list[tuple[str, str]]:
    named = "".join(f", {name} => %s" for name in arguments)
    rows = company["vera"].rows(
        f"select * from public.search_components(%s{named})",  # noqa: S608
        query,
        *arguments.values(),
    )
    assert {str(row["organization_id"]) for row in rows} <= {company.id}
    return [(row["normalized_mpn"], row["manufacturer"]) for row in rows]


def numbers(company: Organization, query: str) -> list[str]:
    return [number for number, _ in found(company, query)]


@pytest.mark.parametrize("query", ["LM358", "lm358", "LM-358", " lm 35_8"])
def test_a_viewer_finds_by_beginning_however_it_is_written(company: Organization, query: str) -> None:
    assert numbers(company, query) == ["LM358DR", "LM358N", "LM358N"]


def test_a_point_between_digits_counts(company: Organization) -> None:
    assert numbers(company, "smbj6.0") == ["SMBJ6.0CA"]
    assert numbers(company, "smbj60") == ["SMBJ60CA"]
    assert numbers(company, "SMBJ6.") == ["SMBJ6.0CA", "SMBJ60CA"]


@pytest.mark.parametrize("query", ["LM_58", "LM%58", "%LM358", "LM358%", "LM\\358", "LM*358"])
def test_wildcards_are_signs_like_others(company: Organization, query: str) -> None:
    bare = query.translate(str.maketrans("", "", "_%\\*"))
    assert numbers(company, query) == numbers(company, bare)


def test_nothing_else_is_found(company: Organization) -> None:
    assert found(company, "358") == found(company, "LM358OTHER") == found(company, "LM359") == []


@pytest.mark.parametrize("query", [None, "", "%", "--", "Ω", "A" * 201])
def test_what_no_number_begins_with_is_refused(company: Organization, query: str | None) -> None:
    assert company["vera"].refused(SEARCH, query) == ("PT422", "search_invalid")


def test_pages_by_key_hold_each_part_once(company: Organization) -> None:
    everything = found(company, "L")
    assert len(everything) == 6
    pages, after = [], ("", "")
    while page := found(company, "L", page_size=1, after_mpn=after[0], after_manufacturer=after[1]):
        pages += page
        after = page[0][0], page[0][1].lower()
        assert len(page) == 1
    assert pages == everything


def test_a_page_has_an_end(company: Organization) -> None:
    company.db.execute(
        "insert into public.components (organization_id, mpn) select %s, 'R' || n from generate_series(1, 1500) as n",
        (company.id,),
    )
    sizes = {size: len(found(company, "R", page_size=size)) for size in (-1, 0, 7, 5000, None)}
    assert sizes == {-1: 0, 0: 0, 7: 7, 5000: 1000, None: 100}
    assert len(found(company, "R")) == 100


def test_who_may_not_read_components_finds_none(company: Organization) -> None:
    vera = company["vera"]
    vera.claims = vera.claims | {"permissions": []}
    assert found(company, "LM358") == []
    vera.role = "anon"
    assert vera.refused(SEARCH, "LM358")[0] == "42501"


def test_the_index_serves_the_search(company: Organization) -> None:
    """The plan of the statement in the function, also once it is planned for any query."""
    db, plans = company.db, list[str]()
    db.execute("set local session_replication_role = replica")
    fill = (
        "insert into public.components (organization_id, mpn) select %s, md5(n::text) from generate_series(1, 20000) n"
    )
    db.execute(fill, (company.id,))
    db.execute("analyze public.components")
    db.execute("load 'auto_explain'")
    for setting in ("log_min_duration = 0", "log_nested_statements = on", "log_level = notice", "log_format = json"):
        db.execute(f"set local auto_explain.{setting}".encode())
    db.add_notice_handler(lambda notice: plans.append(str(notice.message_primary)))
    for mode in ("force_custom_plan", "force_generic_plan"):
        db.execute(f"set local plan_cache_mode = {mode}".encode())
        plans.clear()
        assert numbers(company, "LM358") == ["LM358DR", "LM358N", "LM358N"]
        conditions = [node["Index Cond"] for node in _searching(plans)]
        assert len(conditions) == 1
        for term in ("organization_id =", "normalized_mpn >=", "normalized_mpn <"):
            assert term in conditions[0]
        assert "ROW(" not in conditions[0], "the scan could begin at the first part of all"


def _searching(plans: list[str]) -> list[dict[str, Any]]:
    """What reads components, in plans as they are logged: a line, then JSON."""
    parsed = [json.loads(plan[plan.index("{") :]) for plan in plans if "{" in plan]
    found = [node for plan in parsed for node in nodes(plan["Plan"])]
    return [node for node in found if node.get("Relation Name") == "components"]

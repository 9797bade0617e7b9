"""Searching components over HTTP, as a client's search box does, and from there where a part is used."""

from typing import Any

import httpx
import pytest

from ananta.settings import Plane
from tests.support.http_client import HTTP
from tests.support.world import World

# In each organization two parts, of which one is in a BOM of the default project and in one of a private project.
FILL = """
    with c as (insert into public.components (organization_id, mpn, manufacturer)
        values (%(organization)s, 'SRCH-100', %(word)s), (%(organization)s, 'srch 200/X', %(word)s) returning id, mpn),
    f as (insert into public.stored_files (organization_id, sha256, size_bytes)
        values (%(organization)s, repeat('5', 64), 1) on conflict do nothing),
    p as (insert into public.projects (organization_id, name, is_private)
        values (%(organization)s, 'Search: open', false), (%(organization)s, 'Search: private', true)
        returning id, is_private),
    b as (insert into public.boms (organization_id, project_id, name, status, file_name, file_sha256, file_size)
        select %(organization)s, id, case when is_private then 'Secret board' else 'Board' end, 'ready', 'x',
            repeat('5', 64), 1 from p returning id)
    insert into public.bom_line_items (organization_id, bom_id, component_id, position, row_number, raw, mpn)
    select %(organization)s, b.id, c.id, 1, 2, '{}', c.mpn from b, c where c.mpn = 'SRCH-100'
"""


@pytest.fixture(scope="module")
def parts(world: World) -> World:
    for word, tenant in world.tenants.items():
        world.platform.query(Plane.APP, FILL, {"organization": tenant.organization_id, "word": word})
    return world


def search(world: World, role: str | None, **given: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {world.token(Plane.APP, 'alpha', role)}"} if role else {}
    url = f"{world.platform.url}/api/app/rest/v1/rpc/search_components"
    return HTTP.get(url, params=given, headers=headers)


def test_a_viewer_finds_own_parts_only(parts: World) -> None:
    answer = search(parts, "viewer", query="srch", select="mpn,manufacturer")
    assert answer.json() == [
        {"mpn": "SRCH-100", "manufacturer": "alpha"},
        {"mpn": "srch 200/X", "manufacturer": "alpha"},
    ]


def test_an_answer_is_filtered_ordered_and_counted_as_a_table_is(parts: World) -> None:
    backwards = search(parts, "viewer", query="srch", order="mpn.desc", limit=1, select="mpn")
    assert backwards.json() == [{"mpn": "srch 200/X"}]
    assert search(parts, "viewer", query="srch", mpn="like.*-100", select="mpn").json() == [{"mpn": "SRCH-100"}]


def test_pages_follow_each_other(parts: World) -> None:
    first = search(parts, "viewer", query="srch", page_size=1).json()
    after = {f"after_{name}": first[0][f"normalized_{name}"] for name in ("mpn", "manufacturer")}
    second = search(parts, "viewer", query="srch", page_size=1, **after).json()
    assert [part["mpn"] for part in first + second] == ["SRCH-100", "srch 200/X"]


@pytest.mark.parametrize(("role", "boms"), [("admin", {"Board", "Secret board"}), ("viewer", {"Board"})])
def test_where_a_part_is_used_as_far_as_the_caller_sees(parts: World, role: str, boms: set[str]) -> None:
    found = search(parts, role, query="SRCH-100", select="mpn,bom_line_items(boms(name))").json()
    assert [part["mpn"] for part in found] == ["SRCH-100"]
    assert {line["boms"]["name"] for line in found[0]["bom_line_items"]} == boms


def test_nobody_searches(parts: World) -> None:
    assert search(parts, None, query="srch").status_code == 401


def test_a_search_for_nothing_is_refused(parts: World) -> None:
    answer = search(parts, "viewer", query="%")
    assert (answer.status_code, answer.json()["message"]) == (422, "search_invalid")

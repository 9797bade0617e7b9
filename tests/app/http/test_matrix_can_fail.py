"""The matrix of tenancy notices what it is there for: each fault planted here makes it fail.

On a database and a PostgREST of its own, for what a broken policy lets through is done to every tenant there is.
"""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row

from ananta import database_setup
from ananta.embedded import processes
from ananta.settings import ROOT, Plane
from tests.conftest import PASSWORDS
from tests.support.exposure import Db
from tests.support.http_client import HTTP
from tests.support.isolation import Isolation, own_postgrest
from tests.support.platform import run
from tests.support.tokens import Key, member_claims, rogue_key
from tests.support.world import Members, add_organization

ISOLATED = (
    "create policy tenant_isolation on public.{table} to authenticated"
    " using (organization_id = (select private.current_organization_id()))"
)
MUTANTS = {
    "policy dropped": "drop policy tenant_isolation on public.{table}",
    "policy opened": "alter policy tenant_isolation on public.{table} using (true) with check (true)",
    "reads opened": "alter policy tenant_isolation on public.{table} using (true)",
    "writes opened": "alter policy tenant_isolation on public.{table} with check (true)",
    "policy permissive": f"drop policy tenant_isolation on public.{{table}}; {ISOLATED}",
    "security disabled": "alter table public.{table} disable row level security",
    "another claim": "alter policy tenant_isolation on public.{table} using (organization_id is not null)",
    "role may not": "drop policy insert_member on public.{table}",
    "role may": "drop policy delete_member on public.{table};"
    " create policy delete_member on public.{table} for delete to authenticated using (true)",
}


@pytest.fixture(scope="module")
def server(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Db, str, Key]]:
    folder = tmp_path_factory.mktemp("postgrest")
    key, key_file = rogue_key("own"), folder / "key.pem"
    key_file.write_bytes(key.pem)
    name = database_setup.DATABASES[Plane.APP]
    login = psycopg.conninfo.make_conninfo(
        cluster, dbname=name, user="app_authenticator", password=PASSWORDS["app_authenticator"]
    )
    superuser = psycopg.conninfo.make_conninfo(cluster, dbname=name)
    with (
        own_postgrest(Plane.APP, login, folder, key_file) as url,
        psycopg.connect(superuser, autocommit=True, row_factory=dict_row) as db,
    ):
        yield db, url, key


class Field:
    """Two organizations that only this test has, and the matrix over them."""

    def __init__(self, db: Db, url: str, key: Key) -> None:
        self.members: list[Members] = [add_organization(db, max_users=None, max_components=None) for _ in range(2)]
        ids = {word: m.organization_id for word, m in zip(("alpha", "beta"), self.members, strict=True)}
        self.isolation = Isolation(Plane.APP, db, ids, url)
        self._key = key

    def failures(self, role: str, only: set[str] | None) -> list[str]:
        def query(_: Plane, statement: str, parameters: tuple[object, ...]) -> list[dict[str, object]]:
            return self.isolation.query(statement, parameters)

        claims = member_claims(query, self.members[0].owner_id)
        if role == "viewer":
            claims["permissions"] = [word for word in claims["permissions"] if word.endswith(":read")]
            claims["permissions"].remove("audit:read")
        return run(self.isolation.probe("alpha", role, self._key.sign(claims), only)).failures

    def remove(self) -> None:
        for member in self.members:
            self.isolation.query("delete from public.boms where organization_id = %s", (member.organization_id,))
            self.isolation.query("delete from public.organizations where id = %s", (member.organization_id,))


@pytest.fixture
def field(server: tuple[Db, str, Key]) -> Iterator[Field]:
    made = Field(*server)
    yield made
    made.remove()


def test_nothing_fails_without_a_fault(field: Field) -> None:
    found = field.failures("owner", {"components", "projects", "audit_logs"})
    assert found == [], "\n".join(found)
    found = field.failures("viewer", {"components", "projects", "audit_logs"})
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_notices_a_broken_policy(field: Field, mutant: str) -> None:
    table = "components"
    field.isolation.query(MUTANTS[mutant].format(table=table))
    try:
        failures = field.failures("viewer" if mutant == "role may" else "owner", {table})
    finally:
        field.isolation.query((ROOT / "policies" / "app" / f"{table}.sql").read_text())
    assert failures


REQUIRE_BOM = (ROOT / "functions/app/private/require_bom.sql").read_text(encoding="utf-8")
REFERENCE = (
    "alter table public.boms drop constraint boms_project_id_fkey, add constraint boms_project_id_fkey foreign key"
)
# What is planted, what takes it away, what is probed, and what must be said.
FAULTS = {
    "unique over all tenants": (
        "create unique index planted_idx on public.components (description)",
        "drop index public.planted_idx",
        "components",
        "upsert on description components: answered otherwise than for a row that is not there",
    ),
    "reference to any tenant's row": (
        f"{REFERENCE} (project_id) references public.projects (id) on delete cascade",
        f"{REFERENCE} (organization_id, project_id) references public.projects (organization_id, id) on delete cascade",
        "boms",
        "reference boms_project_id_fkey boms: it was done",
    ),
    "function without the tenant's condition": (
        REQUIRE_BOM.replace(" and b.organization_id = private.current_organization_id()", ""),
        REQUIRE_BOM,
        "resume_bom(uuid)",
        "argument bom_id resume_bom: answered otherwise than for a row that is not there",
    ),
    "argument that nobody knows": (
        "create function public.planted(thing uuid) returns integer language sql as 'select 1'",
        "drop function public.planted(uuid)",
        "planted(uuid)",
        "planted: argument thing has no known meaning",
    ),
    "error that tells a name": (
        "create function private.planted() returns trigger language plpgsql security definer as $$ begin"
        " raise exception using errcode = 'PT409', message = 'taken', hint = (select string_agg(name, ', ')"
        " from public.projects); end $$; create trigger planted before insert on public.projects"
        " for each row when (current_user = 'authenticated') execute function private.planted()",
        "drop trigger planted on public.projects; drop function private.planted()",
        "projects",
        "something of another tenant",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_notices_what_is_told_by_other_ways(field: Field, fault: str) -> None:
    plant, remove, name, said = FAULTS[fault]
    field.isolation.query(plant)
    field.isolation.read_catalogue()
    try:
        failures = field.failures("owner", {name})
        field.isolation.query("delete from public.boms where organization_id = %s", (field.members[0].organization_id,))
    finally:
        field.isolation.query(remove)
    assert any(said in failure for failure in failures), failures


VIEW = (
    "create view public.planted with (security_invoker = IS_SAFE) as select name, organization_id from public.boms;"
    " grant select on public.planted to authenticated; notify pgrst, 'reload schema'"
)


@pytest.mark.parametrize("is_safe", [True, False])
def test_notices_a_view_that_reads_past_policies(server: tuple[Db, str, Key], is_safe: bool) -> None:
    db, url, key = server
    db.execute(VIEW.replace("IS_SAFE", str(is_safe)))
    try:
        assert processes.wait_until(lambda: HTTP.get(f"{url}/planted").status_code != 404, 10)
        planted = Field(db, url, key)
        failures = "\n".join(planted.failures("owner", {"planted"}))
        planted.remove()
    finally:
        db.execute("drop view public.planted; notify pgrst, 'reload schema'")
    assert "planted: exposed without an expectation" in failures
    assert ("something of another tenant" in failures) != is_safe
    assert ("filter view planted: it was counted" in failures) != is_safe


def test_notices_a_table_without_policies(server: tuple[Db, str, Key]) -> None:
    db, url, key = server
    db.execute(
        "create table public.planted ("
        " id uuid primary key default gen_random_uuid(), organization_id uuid not null, name text);"
        " grant select, insert, update, delete on public.planted to authenticated; notify pgrst, 'reload schema'"
    )
    try:
        assert processes.wait_until(lambda: HTTP.get(f"{url}/planted").status_code != 404, 10)
        planted = Field(db, url, key)
        failures = "\n".join(planted.failures("owner", {"planted"}))
        planted.remove()
    finally:
        db.execute("drop table public.planted; notify pgrst, 'reload schema'")
    assert "planted: exposed without an expectation" in failures
    assert "something of another tenant" in failures
    assert "planted of the other has changed" in failures

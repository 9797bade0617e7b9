"""The lints of sql/lint: silent on both planes, each finds the fault planted for it, and each has its page."""

from typing import Any

import psycopg
import pytest

from ananta.schema_lint import find, findings, linted, rules, view
from ananta.settings import ROOT

Db = psycopg.Connection[Any]
PAGES = ROOT / "docs" / "lint"
MADE = "create table public.planted (id uuid primary key, organization_id uuid not null, bom_id uuid)"
FUNCTION = "create function public.planted() returns integer"
DELETES, COUNTS = "'delete from public.boms returning 1'", "'select count(*)::int from public.boms'"

# Rule to faults of the app plane: what is done, and the object that must be named.
PLANTED: dict[str, list[tuple[str, str]]] = {
    "0001_unindexed_foreign_keys": [
        (
            f"{MADE}; alter table public.planted add constraint planted_bom_id_fkey"
            " foreign key (organization_id, bom_id) references public.boms (organization_id, id) on delete cascade;"
            " create index on public.planted (bom_id)",
            "public.planted.planted_bom_id_fkey",
        )
    ],
    "0002_auth_users_exposed": [
        (
            "create table auth.users (id uuid); create view public.planted as select id from auth.users",
            "public.planted",
        )
    ],
    "0003_auth_rls_initplan": [
        (
            "alter policy tenant_isolation on public.boms using (organization_id = private.current_organization_id())",
            "public.boms.tenant_isolation",
        ),
        (
            "alter policy select_member on public.boms using (private.has_permission('boms:read'))",
            "public.boms.select_member",
        ),
        (
            "alter policy select_member on public.boms using (current_setting('request.jwt.claims') <> '')",
            "public.boms.select_member",
        ),
        ("alter policy insert_member on public.projects with check (auth.uid() is not null)", "public.projects"),
    ],
    "0004_no_primary_key": [("create table private.planted (id uuid)", "private.planted")],
    "0006_multiple_permissive_policies": [
        ("create policy select_more on public.boms for select to authenticated using (true)", "public.boms"),
        ("create policy all_more on public.boms to authenticated using (true)", "public.boms"),
    ],
    "0007_policy_exists_rls_disabled": [("alter table public.boms disable row level security", "public.boms")],
    "0008_rls_enabled_no_policy": [(f"{MADE}; alter table public.planted enable row level security", "public.planted")],
    "0009_duplicate_index": [
        ("create index planted_idx on public.boms (organization_id, id)", "public.boms"),
    ],
    "0010_security_definer_view": [
        ("create view public.planted as select * from public.boms", "public.planted"),
        (
            "create view public.planted with (security_invoker = false) as select * from public.boms",
            "public.planted",
        ),
    ],
    "0011_function_search_path_mutable": [
        (f"{FUNCTION} language sql as 'select 1'", "public.planted()"),
        (f"{FUNCTION} language sql set search_path = 'public' as 'select 1'", "public.planted()"),
        ("alter function private.check_request() reset search_path", "private.check_request()"),
    ],
    "0013_rls_disabled_in_public": [(MADE, "public.planted")],
    "0014_extension_in_public": [("create extension hstore schema public", "hstore")],
    "0015_rls_references_user_metadata": [
        (
            "alter policy select_member on public.boms using ((select auth.jwt() -> 'user_metadata' ? 'admin'))",
            "public.boms.select_member",
        ),
        (
            f"{FUNCTION} language sql as 'select (auth.jwt() -> ''user_metadata'' ->> ''rank'')::int'",
            "public.planted()",
        ),
    ],
    "0016_materialized_view_in_api": [
        ("create materialized view public.planted as select * from public.boms", "public.planted")
    ],
    "0017_foreign_table_in_api": [
        (
            "create foreign data wrapper nowhere; create server nowhere foreign data wrapper nowhere;"
            " create foreign table public.planted (id uuid) server nowhere",
            "public.planted",
        )
    ],
    "0018_unsupported_reg_types": [("create table private.planted (f regprocedure)", "private.planted.f")],
    "0019_insecure_queue_exposed_in_api": [
        ("grant usage on schema pgmq to authenticated", "pgmq"),
        ("grant insert on pgmq.q_bom_imports to anon", "pgmq.q_bom_imports"),
    ],
    "0021_fkey_to_auth_unique": [
        (
            "create table auth.users (email text unique);"
            " create table public.planted (email text references auth.users (email))",
            "public.planted.planted_email_fkey",
        )
    ],
    "0023_sensitive_columns_exposed": [
        ("alter table public.users add column password_hash text", "public.users.password_hash")
    ],
    "0024_rls_policy_always_true": [
        ("alter policy insert_member on public.projects with check (true)", "public.projects.insert_member"),
        ("alter policy delete_member on public.projects using (true)", "public.projects.delete_member"),
        ("alter policy select_member on public.projects using (true)", "public.projects.select_member"),
    ],
    "0028_anon_security_definer_function_executable": [
        ("grant execute on function public.resume_bom(uuid) to anon", "public.resume_bom(uuid)")
    ],
    "0029_authenticated_security_definer_function_executable": [
        ("alter function public.dashboard_summary() security definer", "public.dashboard_summary()"),
        (
            f"{FUNCTION} language sql security definer as '-- private.require_permission(''boms:read'')\n select 1'",
            "public.planted()",
        ),
    ],
    "0030_invalid_index": [
        (
            "create index planted_idx on public.boms (name);"
            " update pg_index set indisvalid = false where indexrelid = 'public.planted_idx'::regclass",
            "public.planted_idx",
        )
    ],
    "0101_row_security_not_forced": [("alter table public.boms no force row level security", "public.boms")],
    "0102_tenant_isolation_missing": [
        (MADE, "public.planted"),
        ("drop policy tenant_isolation on public.boms", "public.boms"),
        ("alter policy tenant_isolation on public.boms using (true)", "public.boms"),
        ("alter policy tenant_isolation on public.boms with check (true)", "public.boms"),
        ("alter policy tenant_isolation on public.boms to anon", "public.boms"),
        ("drop policy tenant_isolation on public.organizations", "public.organizations"),
    ],
    "0103_policy_role": [("alter policy select_member on public.boms to public", "public.boms.select_member")],
    "0104_reference_not_composite": [
        (
            "alter table public.boms add column copy_of uuid references public.boms (id)",
            "public.boms.boms_copy_of_fkey",
        )
    ],
    "0105_reference_without_on_delete": [
        (
            f"{MADE}; alter table public.planted add constraint planted_bom_id_fkey"
            " foreign key (organization_id, bom_id) references public.boms (organization_id, id)",
            "public.planted.planted_bom_id_fkey",
        )
    ],
    "0106_tenant_index_missing": [
        (MADE, "public.planted"),
        (f"{MADE}; create index on public.planted (organization_id) where bom_id is null", "public.planted"),
    ],
    "0107_unique_across_tenants": [
        ("create unique index planted_idx on public.projects (name)", "public.planted_idx"),
    ],
    "0108_key_not_kept": [
        ("drop trigger _200_keep_key_columns on public.alerts", "public.alerts"),
        ("alter table public.alerts disable trigger _200_keep_key_columns", "public.alerts"),
        (f"{MADE}; grant update on public.planted to authenticated", "public.planted"),
    ],
    "0109_function_for_public": [(f"{FUNCTION} language sql as 'select 1'", "public.planted()")],
    "0110_function_overloaded": [
        (
            f"{FUNCTION} language sql as 'select 1'; create function public.planted(a int) returns int language sql"
            " as 'select 1'",
            "public.planted",
        ),
    ],
    "0111_function_volatility": [
        (f"{FUNCTION} language sql stable as {DELETES}", "public.planted()"),
        (
            f"{FUNCTION} language plpgsql stable as 'begin perform private.enqueue(null, null, null, null); end'",
            "public.planted()",
        ),
        (f"{FUNCTION} language sql immutable as {COUNTS}", "public.planted()"),
        ("alter function private.current_tenant_id() immutable", "private.current_tenant_id()"),
    ],
    "0112_contract_missing": [
        (MADE, "public.planted"),
        ("comment on column public.boms.name is null", "public.boms.name"),
        ("comment on function private.check_request() is null", "private.check_request()"),
        ("comment on function public.resume_bom(uuid) is 'Imports again'", "public.resume_bom(uuid)"),
        ("comment on function public.format_csv(anyelement) is 'Rows as CSV'", "public.format_csv(anyelement)"),
    ],
    "0113_error_undocumented": [
        (
            f"{FUNCTION} language plpgsql as $$begin raise exception using errcode = 'PT409', message = 'never_said';"
            " end$$",
            "public.planted()",
        ),
        ("comment on function private.require_bom(uuid) is 'Auth: members.'", "private.require_bom(uuid)"),
    ],
    "0114_naming": [
        ('alter table public.boms rename to "Boms"', 'public."Boms"'),
        ("alter table public.boms add column done_date timestamptz", "public.boms.done_date"),
        ("alter table public.boms add column open boolean", "public.boms.open"),
        ("alter table public.boms rename constraint boms_pkey to boms_primary", "public.boms.boms_primary"),
        ("create index planted on public.boms (name)", "public.planted"),
        (
            "create trigger stamp before update on public.boms for each row execute function"
            " private.stamp_updated_at()",
            "public.boms.stamp",
        ),
        ("alter policy select_member on public.boms rename to members_read", "public.boms.members_read"),
        ('alter function private.is_slug(text) rename to "isSlug"', 'private."isSlug"(text)'),
    ],
    "0115_column_type": [
        ("alter table public.boms add column made_at timestamp", "public.boms.made_at"),
        ("alter table public.boms add column code varchar(10)", "public.boms.code"),
        ("alter table public.boms add column extra json", "public.boms.extra"),
        ("alter table public.boms add column price double precision", "public.boms.price"),
    ],
    "0116_owner": [
        ("alter table public.boms owner to postgres", "public.boms"),
        ("alter function private.check_request() owner to postgres", "private.check_request()"),
    ],
    "0117_project_viewers_missing": [
        ("drop policy all_project_viewers on public.boms", "public.boms"),
        ("alter policy all_project_viewers on public.projects using (true)", "public.projects"),
        ("alter policy all_project_viewers on public.bom_line_items with check (true)", "public.bom_line_items"),
        ("alter policy all_project_viewers on public.mentions to anon", "public.mentions"),
    ],
    "0118_text_without_bound": [
        ("alter table public.projects drop constraint projects_description_check", "public.projects.description"),
        (
            "alter table public.projects drop constraint projects_name_check, add check (length(name) > 0)",
            "public.projects.name",
        ),
        ("alter table public.users drop constraint users_role_check", "public.users.role"),
        (
            "alter table public.users drop constraint users_email_check, add check (email ~ '^[^@]+@[^@]+$')",
            "public.users.email",
        ),
        (
            "alter table public.notification_preferences drop constraint notification_preferences_channels_check,"
            " add check (channels <@ array['in_app'])",
            "public.notification_preferences.channels",
        ),
        (
            "alter table public.bom_line_items drop constraint bom_line_items_reference_designators_check,"
            " add check (cardinality(reference_designators) <= 10)",
            "public.bom_line_items.reference_designators",
        ),
        (
            "alter table public.alerts add column extra jsonb; grant insert (extra) on public.alerts to authenticated",
            "public.alerts.extra",
        ),
    ],
    "0119_right_without_policy": [
        ("grant insert on public.boms to authenticated", "public.boms"),
        ("grant update (name) on public.boms to platform_admin", "public.boms"),
        ("grant select on private.issuers to anon", "private.issuers"),
        ("grant truncate on public.boms to authenticated", "public.boms"),
    ],
}


def test_nothing_is_found_in_the_app_plane(app_db: Db) -> None:
    assert [str(finding) for finding in findings(app_db)] == []


def test_nothing_is_found_in_the_control_plane(control_db: Db) -> None:
    assert [str(finding) for finding in findings(control_db)] == []


@pytest.mark.parametrize(
    ("rule", "fault", "named"),
    [(rule, *planted) for rule, faults in PLANTED.items() for planted in faults],
)
def test_a_planted_fault_is_found(app_db: Db, rule: str, fault: str, named: str) -> None:
    app_db.execute(fault.encode())
    with linted(app_db) as cursor:
        assert any(finding.object.startswith(named) for finding in find(cursor, rule))


def test_each_plane_has_its_own_tenants(control_db: Db) -> None:
    """The rules know the control plane's names: schema, column, root."""
    control_db.execute(
        b"create table tenant_management.planted (id uuid primary key, tenant_id uuid not null);"
        b" drop policy tenant_isolation on tenant_management.tenants"
    )
    with linted(control_db) as cursor:
        found = {finding.object for finding in find(cursor, "0102_tenant_isolation_missing")}
    assert found == {"tenant_management.planted", "tenant_management.tenants"}


def test_every_rule_has_one_planted_fault_one_view_and_one_page(app_db: Db) -> None:
    assert set(rules()) == PLANTED.keys()
    assert set(rules()) == {page.stem for page in PAGES.glob("*.md")} - {"README"}
    with linted(app_db) as cursor:
        cursor.execute("select relname from pg_class where relnamespace = pg_my_temp_schema() and relname ~ '^lint_'")
        assert {row[0] for row in cursor.fetchall()} == {view(rule) for rule in rules()}
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    for rule in rules():
        page = (PAGES / f"{rule}.md").read_text(encoding="utf-8")
        assert page.startswith(f"# {rule}\n")
        assert all(f"**{part}.**" in page for part in ("What", "Why", "How to mend"))
        assert f"[{rule}]({rule}.md)" in index


def test_the_database_is_left_as_it_was(app_db: Db) -> None:
    findings(app_db)
    left = app_db.execute("select count(*) as views from pg_class where relnamespace = pg_my_temp_schema()").fetchone()
    assert left == {"views": 0}

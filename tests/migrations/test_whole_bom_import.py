"""Revision 0002 of the app plane keeps what the first release stored."""

import shutil
from collections.abc import Callable
from pathlib import Path

from ananta.settings import ROOT, Plane
from migrations.revisions import versions_folder
from migrations.runner import upgrade
from tests.migrations.conftest import Database

FIRST_RELEASE = """
    insert into public.organizations (id, arc_saas_tenant_id, name, slug, plan_id) values
    ('00000000-0000-4000-8000-000000000001', gen_random_uuid(), 'One', 'one', 'plan-basic');
    insert into public.projects (id, organization_id, name)
    values ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'P');
    insert into public.boms (
        id, organization_id, project_id, name, file_name, file_sha256, file_size, request_hash, parse_result)
    select gen_random_uuid(), '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002', n, 'f',
        repeat(case n when 'B3' then 'b' else 'a' end, 64), case n when 'B3' then 70 else 100 end, '',
        '{"mapping": {"mpn": "Part no.", "manufacturer": "Maker"}}'
    from unnest(array['B1', 'B2', 'B3']) as n;
    insert into public.bom_line_items (organization_id, bom_id, position, row_number, raw, quantity, mpn, alternates)
    select b.organization_id, b.id, 1, 2, '{}', 3, 'X1', '[{"Part no.": "X2", "Maker": "Acme"}, {"Part no.": "X3"}]'
    from public.boms as b where b.name = 'B1';
    update public.bom_line_items set
        value = repeat('x', 300), reference_designators = array_fill('R1'::text, array[200000]);
    update public.projects set description = repeat('x', 5000);
    update public.organizations set name = repeat('x', 300);
    insert into public.components (organization_id, mpn, manufacturer)
    values ('00000000-0000-4000-8000-000000000001', 'X1', repeat('x', 300));
    insert into public.users (organization_id, email, first_name, last_name) values
    ('00000000-0000-4000-8000-000000000001', 'a@x.example', 'Click http://evil.example now', repeat('x', 300)),
    ('00000000-0000-4000-8000-000000000001', 'b@x.example', 'Zoë J.', null);
    insert into public.notification_preferences (organization_id, alert_type, channels)
    values ('00000000-0000-4000-8000-000000000001', 'price-change', array_fill('push'::text, array[9]));
    insert into public.enrichment_queue (organization_id, bom_line_item_id, reason, updated_at)
    select l.organization_id, l.id, 'no_match', '2026-01-02T00:00:00Z' from public.bom_line_items as l;
"""


def test_files_are_counted_and_alternatives_kept(new_database: Callable[[], Database], tmp_path: Path) -> None:
    database = new_database()
    first = versions_folder(Plane.APP, tmp_path)
    first.mkdir(parents=True)
    for path in versions_folder(Plane.APP, ROOT).glob("0001_*"):
        shutil.copy(path, first)
    upgrade(Plane.APP, database.dsn, root=tmp_path)
    database.run(FIRST_RELEASE)
    assert "0002" in upgrade(Plane.APP, database.dsn).revisions
    assert database.run("select left(sha256, 1), size_bytes from public.stored_files order by 1") == [
        ("a", 100),
        ("b", 70),
    ]
    counted = "select current_count from private.usage_sums where metric = 'storage_bytes'"
    assert database.value(counted) == 170
    assert database.run("select rank, mpn, manufacturer from public.bom_line_alternates order by 1") == [
        (1, "X2", "Acme"), (2, "X3", None),
    ]  # fmt: skip
    lines = (
        "select count(*) from public.bom_line_items as l"
        " join public.{} as o on (o.bom_line_item_id, o.bom_id) = (l.id, l.bom_id)"
    )
    assert [database.value(lines.format(table)) for table in ("bom_line_alternates", "enrichment_queue")] == [2, 1]
    assert database.value("select updated_at::date::text from public.enrichment_queue") == "2026-01-02"
    assert database.value("select total_quantity from public.bom_line_items") == 3
    assert database.value("select count(distinct series_id) from public.boms where revision = 1") == 3
    assert database.run("select first_name, length(last_name) from public.users order by email") == [
        ("Click http evil example now", 100), ("Zoë J.", None),
    ]  # fmt: skip
    texts = database.run(
        "select length(l.value), cardinality(l.reference_designators), length(p.description), length(o.name),"
        " length(c.manufacturer), n.channels from public.bom_line_items as l, public.projects as p,"
        " public.organizations as o, public.components as c, public.notification_preferences as n"
        " where l.reference_designators <> '{}' and p.name = 'P'"
    )
    assert texts == [(200, 1000, 4000, 200, 200, ["push"])]
    database.run("delete from public.boms")
    assert database.value("select count(*) from public.stored_files") == 0
    assert database.value(counted) == 0

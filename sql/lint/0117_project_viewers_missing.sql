create temporary view lint_project_viewers_missing as
select
    r.object,
    'shows something of a project, and has no restrictive policy all_project_viewers as it must be' as detail
from our_relations as r
where
    r.is_exposed
    and r.is_table
    and r.is_tenant
    and (
        r.object = 'public.projects'
        or exists (
            select from pg_constraint as c
            where
                c.conrelid = r.oid
                and c.contype = 'f'
                and c.confrelid in (
                    to_regclass('public.projects'),
                    to_regclass('public.boms'),
                    to_regclass('public.bom_line_items'),
                    to_regclass('public.bom_line_comments')
                )
        )
    )
    and not exists (
        select from our_policies as o
        where
            o.relation = r.oid
            and o.name = 'all_project_viewers'
            and not o.is_permissive
            and o.roles = array['authenticated']::name[]
            and o.command = 'ALL'
            and o.check_expression in ('', o.using_expression)
            and o.using_expression like '(( SELECT private.sees_all_projects() AS sees_all_projects) OR %'
    );

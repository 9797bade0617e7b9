create temporary view lint_rls_disabled_in_public as
select
    r.object,
    'is served by the API without row level security' as detail
from our_relations as r
where r.is_exposed and r.is_table and not r.is_secured;

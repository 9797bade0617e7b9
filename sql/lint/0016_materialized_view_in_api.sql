create temporary view lint_materialized_view_in_api as
select
    r.object,
    'has rows of all tenants and can have no policy' as detail
from our_relations as r
where r.kind = 'm' and r.is_exposed;

create temporary view lint_foreign_table_in_api as
select
    r.object,
    'is served by the API and can have no policy' as detail
from our_relations as r
where r.kind = 'f' and r.is_exposed;

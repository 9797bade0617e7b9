create temporary view lint_no_primary_key as
select
    r.object,
    'has no primary key' as detail
from our_relations as r
where
    r.is_table
    and not exists (
        select from pg_index as i
        where i.indrelid = r.oid and i.indisprimary
    );

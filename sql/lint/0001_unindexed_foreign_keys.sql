create temporary view lint_unindexed_foreign_keys as
select
    r.object || '.' || c.conname as object,
    'no index begins with the columns of this reference' as detail
from our_relations as r
inner join pg_constraint as c on r.oid = c.conrelid and c.contype = 'f'
where not exists (
    select from pg_index as i
    where
        i.indrelid = c.conrelid
        and i.indisvalid
        and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey
);

create temporary view lint_reference_without_on_delete as
select
    r.object || '.' || c.conname as object,
    'does not say what happens on delete' as detail
from our_relations as r
inner join pg_constraint as c on r.oid = c.conrelid and c.contype = 'f'
where c.confdeltype = 'a';

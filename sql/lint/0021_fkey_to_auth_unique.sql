create temporary view lint_fkey_to_auth_unique as
select
    r.object || '.' || c.conname as object,
    format('refers to %s, which is not ours', c.confrelid::regclass) as detail
from our_relations as r
inner join pg_constraint as c on r.oid = c.conrelid and c.contype = 'f'
inner join pg_class as t on c.confrelid = t.oid
where t.relnamespace = to_regnamespace('auth');

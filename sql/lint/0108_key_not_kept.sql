create temporary view lint_key_not_kept as
select
    r.object,
    format('clients may update %s, and no trigger keeps it', a.attname) as detail
from our_relations as r
inner join pg_attribute as a on r.oid = a.attrelid and a.attname in ('id', r.isolation_column)
where
    r.is_exposed
    and r.is_table
    and r.is_tenant
    and has_column_privilege('authenticated', r.oid, a.attnum, 'update')
    and not exists (
        select from pg_trigger as t
        inner join pg_proc as f on t.tgfoid = f.oid and f.proname = 'keep_key_columns'
        where
            t.tgrelid = r.oid
            and t.tgenabled <> 'D'
            and a.attname = any(string_to_array(encode(t.tgargs, 'escape'), '\000'))
    );

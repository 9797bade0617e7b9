create temporary view lint_unique_across_tenants as
select
    i.indexrelid::regclass::text as object,
    format('a writer of %s learns from it what other tenants have', r.object) as detail
from our_relations as r
inner join pg_index as i on r.oid = i.indrelid and i.indisunique and not i.indisprimary
cross join plane as p
where
    r.is_exposed
    and r.is_tenant
    and r.name <> p.root
    and has_any_column_privilege('authenticated', r.oid, 'insert, update')
    and not exists (
        select from pg_attribute as a
        where a.attrelid = i.indrelid and a.attnum = i.indkey[0] and a.attname = p.isolation_column
    );

create temporary view lint_tenant_index_missing as
select
    r.object,
    format('no index begins with %s', r.isolation_column) as detail
from our_relations as r
where
    r.is_exposed
    and r.is_table
    and r.is_tenant
    and not exists (
        select from pg_index as i
        inner join pg_attribute as a on i.indrelid = a.attrelid and i.indkey[0] = a.attnum
        where i.indrelid = r.oid and i.indpred is null and a.attname = r.isolation_column
    );

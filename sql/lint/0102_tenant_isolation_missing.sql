create temporary view lint_tenant_isolation_missing as
select
    r.object,
    'no restrictive policy tenant_isolation as it must be' as detail
from our_relations as r
cross join plane as p
where
    r.is_exposed
    and r.is_table
    and r.is_tenant
    and not exists (
        select from our_policies as o
        where
            o.relation = r.oid
            and o.name = 'tenant_isolation'
            and not o.is_permissive
            and o.roles = array['authenticated']::name[]
            and o.command = 'ALL'
            and o.using_expression = o.check_expression
            and o.check_expression = format(
                '(%1$s = ( SELECT private.%2$s() AS %2$s))', r.isolation_column, p.isolation_function
            )
    );

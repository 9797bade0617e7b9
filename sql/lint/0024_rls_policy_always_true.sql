create temporary view lint_rls_policy_always_true as
select
    p.object,
    'lets everybody write' as detail
from our_policies as p
where
    p.is_permissive
    and p.roles && array['anon', 'authenticated', 'public']::name[]
    and p.command <> 'SELECT'
    and 'true' in (p.using_expression, p.check_expression)
union all
select
    p.object,
    'lets everybody read rows of all tenants'
from our_policies as p
where
    p.is_permissive
    and p.is_tenant
    and p.roles && array['anon', 'authenticated', 'public']::name[]
    and p.command = 'SELECT'
    and p.using_expression = 'true';

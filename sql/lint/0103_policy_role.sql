create temporary view lint_policy_role as
select
    p.object,
    format('is for %s', array_to_string(p.roles, ', ')) as detail
from our_policies as p
where not p.roles <@ array['anon', 'authenticated', 'platform_admin', 'ananta_owner']::name[];

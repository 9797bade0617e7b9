create temporary view lint_rls_enabled_no_policy as
select
    r.object,
    'row level security is on, but nobody has a policy' as detail
from our_relations as r
where r.is_secured and not exists (
    select from our_policies as p
    where p.relation = r.oid
);

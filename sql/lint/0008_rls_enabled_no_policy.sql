create temporary view lint_rls_enabled_no_policy as
select
    r.object,
    'row level security is on, but nobody has a policy' as detail
from our_relations as r
left join our_policies as p on r.oid = p.relation
where r.is_secured and not r.is_partition and p.relation is null;

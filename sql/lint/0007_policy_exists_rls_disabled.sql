create temporary view lint_policy_exists_rls_disabled as
select distinct
    r.object,
    'has policies, but row level security is off' as detail
from our_relations as r
inner join our_policies as p on r.oid = p.relation
where not r.is_secured;

create temporary view lint_contract_missing as
select
    r.object,
    'has no comment' as detail
from our_relations as r
where obj_description(r.oid, 'pg_class') is null and not r.is_partition
union all
select
    c.object,
    'has no comment'
from our_columns as c
inner join our_relations as r on c.relation = r.oid
where col_description(c.relation, c.number) is null and not r.is_partition
union all
select
    f.object,
    'has no comment'
from our_functions as f
where obj_description(f.oid, 'pg_proc') is null
union all
select
    f.object,
    'is served by the API, and its comment does not say who may call it (Auth:)'
from our_functions as f
where f.is_exposed and obj_description(f.oid, 'pg_proc') !~ '\mAuth:';

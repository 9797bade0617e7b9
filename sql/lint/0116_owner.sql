create temporary view lint_owner as
select
    r.object,
    format('is owned by %s', r.owner) as detail
from our_relations as r
where r.owner <> 'ananta_owner'
union all
select
    f.object,
    format('is owned by %s', f.owner)
from our_functions as f
where f.owner <> 'ananta_owner';

create temporary view lint_duplicate_index as
select
    r.object,
    string_agg(i.indexrelid::regclass::text, ', ' order by i.indexrelid::regclass::text) as detail
from our_relations as r
inner join pg_index as i on r.oid = i.indrelid
group by r.object, regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX \S+ ', '')
having count(*) > 1;

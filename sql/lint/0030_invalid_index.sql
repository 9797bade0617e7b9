create temporary view lint_invalid_index as
select
    i.indexrelid::regclass::text as object,
    'was left unfinished: queries do not use it, writes keep it up' as detail
from our_relations as r
inner join pg_index as i on r.oid = i.indrelid
where not i.indisvalid and r.kind = 'r';

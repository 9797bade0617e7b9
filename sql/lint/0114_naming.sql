create temporary view lint_naming as
select
    r.object,
    'is not lower-case words joined by underscores' as detail
from our_relations as r
where r.name !~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'
union all
select
    c.object,
    'is not lower-case words joined by underscores'
from our_columns as c
where c.name !~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'
union all
select
    c.object,
    'a time ends in _at'
from our_columns as c
where c.type = 'timestamp with time zone' and c.name !~ '_(at|until)$|(^|_)period_(start|end)$'
union all
select
    c.object,
    'a boolean begins with is_ or has_'
from our_columns as c
where c.is_table and c.type = 'boolean' and c.name !~ '^(is|has)_'
union all
select
    f.object,
    'is not lower-case words joined by underscores'
from our_functions as f
where f.name !~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'
union all
select
    r.object || '.' || c.conname,
    'does not end as PostgreSQL''s constraints do'
from our_relations as r
inner join pg_constraint as c on r.oid = c.conrelid
where
    c.contype in ('p', 'u', 'f', 'c', 'x')
    and c.conname !~ case c.contype
        when 'p' then '_pkey$' when 'u' then '_key$' when 'f' then '_fkey$' when 'c' then '_check$' else '_excl$'
    end
union all
select
    i.indexrelid::regclass::text,
    'an index ends in _idx'
from our_relations as r
inner join pg_index as i on r.oid = i.indrelid
inner join pg_class as x on i.indexrelid = x.oid
where
    x.relname !~ '_idx$' and not exists (
        select from pg_constraint as c
        where c.conindid = x.oid
    )
union all
select
    r.object || '.' || t.tgname,
    'a trigger is named _NNN_<task>'
from our_relations as r
inner join pg_trigger as t on r.oid = t.tgrelid
where not t.tgisinternal and t.tgname !~ '^_[1-9]\d\d_[a-z0-9_]+$'
union all
select
    p.object,
    'a policy is named tenant_isolation, all_owner or <command>_<who>'
from our_policies as p
where p.name not in ('tenant_isolation', 'all_owner') and p.name !~ format('^%s_[a-z_]+$', lower(p.command));

-- What a function does is read from its text: it writes, or it calls a function of ours that may.
-- Texts are compared in pairs: read once, and by the pattern only where the name is in them at all.
create temporary view lint_function_volatility as
with functions as materialized (
    select * from our_functions
)

select
    f.object,
    'is declared to change nothing, and writes' as detail
from functions as f
where
    f.volatility <> 'v'
    and f.source
    ~* '\m(insert\s+into|update\s+[\w.]+\s+(as\s+\w+\s+)?set|delete\s+from|truncate|nextval|pgmq\.(send|read))\M'
union all
select
    f.object,
    format(
        'is declared %s and calls %s, which is not',
        case f.volatility when 'i' then 'immutable' else 'stable' end,
        g.object
    )
from functions as f
inner join functions as g
    on case
        when strpos(f.source, g.name || '(') > 0 then f.source ~ format('\m%s\.%s\(', g.schema, g.name)
        else false
    end
where
    f.oid <> g.oid
    and g.kind <> 'a'
    and (f.volatility, g.volatility) in (('i', 's'), ('i', 'v'), ('s', 'v'))
union all
select
    f.object,
    'is declared immutable, and reads tables, settings or the time'
from functions as f
cross join plane as p
where
    f.volatility = 'i'
    and f.source
    ~* format('\m(from|join)\s+(private|pgmq|%s)\.\w+\M(?!\()|current_setting\(|\mnow\(\)', p.exposed_schema);

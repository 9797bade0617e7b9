-- What a function does is read from its text: it writes, or it calls a function of ours that may.
create temporary view lint_function_volatility as
select
    f.object,
    'is declared to change nothing, and writes' as detail
from our_functions as f
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
from our_functions as f
inner join our_functions as g on f.source ~ format('\m%s\.%s\(', g.schema, g.name)
where
    f.oid <> g.oid
    and g.kind <> 'a'
    and (f.volatility, g.volatility) in (('i', 's'), ('i', 'v'), ('s', 'v'))
union all
select
    f.object,
    'is declared immutable, and reads tables, settings or the time'
from our_functions as f
cross join plane as p
where
    f.volatility = 'i'
    and f.source
    ~* format('\m(from|join)\s+(private|pgmq|%s)\.\w+\M(?!\()|current_setting\(|\mnow\(\)', p.exposed_schema);

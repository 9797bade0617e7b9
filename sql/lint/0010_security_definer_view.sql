create temporary view lint_security_definer_view as
select
    r.object,
    'reads with its owner''s rights, past row level security' as detail
from our_relations as r
where r.kind = 'v' and r.options !~ 'security_invoker=(true|on|1)';

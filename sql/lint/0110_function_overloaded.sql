create temporary view lint_function_overloaded as
select
    format('%I.%I', f.schema, f.name) as object,
    format('has %s signatures', count(*)) as detail
from our_functions as f
group by f.schema, f.name
having count(*) > 1;

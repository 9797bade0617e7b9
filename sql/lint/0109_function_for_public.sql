create temporary view lint_function_for_public as
select
    f.object,
    'PUBLIC may execute it' as detail
from our_functions as f
where has_function_privilege('public', f.oid, 'execute');

create temporary view lint_anon_security_definer_function_executable as
select
    f.object,
    'anon may run it with its owner''s rights' as detail
from our_functions as f
where f.is_definer and f.is_exposed and has_function_privilege('anon', f.oid, 'execute');

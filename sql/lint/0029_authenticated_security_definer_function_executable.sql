create temporary view lint_authenticated_security_definer_function_executable as
select
    f.object,
    'members may run it with its owner''s rights, and it asks for no permission' as detail
from our_functions as f
where
    f.is_definer
    and f.is_exposed
    and has_function_privilege('authenticated', f.oid, 'execute')
    and f.source !~ 'private\.require_\w+\(';

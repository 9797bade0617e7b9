create temporary view lint_function_search_path_mutable as
select
    f.object,
    'search_path is not set to ''''' as detail
from our_functions as f
where f.kind <> 'a' and not 'search_path=""' = any(f.settings);

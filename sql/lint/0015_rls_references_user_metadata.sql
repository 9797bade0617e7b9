create temporary view lint_rls_references_user_metadata as
select
    p.object,
    'trusts what users write about themselves' as detail
from our_policies as p
where concat_ws(' ', p.using_expression, p.check_expression) ~ 'user_?meta_?data'
union all
select
    f.object,
    'trusts what users write about themselves'
from our_functions as f
where f.source ~* 'user_?meta_?data';

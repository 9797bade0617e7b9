create temporary view lint_auth_rls_initplan as
select
    p.object,
    'a look-up of claims is not wrapped in (select ...)' as detail
from our_policies as p
where
    concat_ws(' ', p.using_expression, p.check_expression)
    ~ '(?<!SELECT )((private|auth)\.\w+\(|(pg_catalog\.)?current_setting\()';

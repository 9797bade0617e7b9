create temporary view lint_row_security_not_forced as
select
    r.object,
    'row level security does not hold for its owner' as detail
from our_relations as r
where r.is_exposed and r.is_table and r.is_secured and not r.is_forced;

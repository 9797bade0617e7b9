create temporary view lint_unsupported_reg_types as
select
    c.object,
    format('%s does not survive pg_upgrade', c.type) as detail
from our_columns as c
where
    c.is_table
    and c.type_id in (
        'regcollation'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype, 'regnamespace'::regtype,
        'regoper'::regtype, 'regoperator'::regtype, 'regproc'::regtype, 'regprocedure'::regtype
    );

create temporary view lint_sensitive_columns_exposed as
select
    c.object,
    format('%s may read it', r.name) as detail
from our_columns as c
cross join client_roles as r
where
    c.is_exposed
    and c.name ~ '(password|passwd|secret|private_key|api_key|access_key|token|credential|ssn|card_number|cvv|iban)'
    and has_column_privilege(r.name, c.relation, c.number, 'select');

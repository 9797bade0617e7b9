create temporary view lint_extension_in_public as
select
    e.extname as object,
    'is installed in a schema that the API serves' as detail
from pg_extension as e
inner join plane as p on e.extnamespace = to_regnamespace(p.exposed_schema);

create temporary view lint_insecure_queue_exposed_in_api as
select
    'pgmq' as object,
    format('%s may use the schema of the queues', r.name) as detail
from client_roles as r
where to_regnamespace('pgmq') is not null and has_schema_privilege(r.name, to_regnamespace('pgmq'), 'usage')
union all
select
    c.oid::regclass::text,
    format('%s has rights on a queue', r.name)
from pg_class as c
cross join client_roles as r
where
    c.relnamespace = to_regnamespace('pgmq')
    and c.relkind in ('r', 'p')
    and has_table_privilege(r.name, c.oid, 'select, insert, update, delete, truncate, references, trigger');

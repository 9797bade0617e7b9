create temporary view lint_text_without_bound as
with bounds as (
    select
        c.conrelid as relation,
        c.conkey as columns,
        pg_get_constraintdef(c.oid) as definition
    from pg_constraint as c
    where c.contype = 'c'
)

select
    c.object,
    format('clients write %s, and no check says how long it may be', c.type) as detail
from our_columns as c
where
    c.is_exposed
    and c.is_table
    and c.type in ('text', 'text[]', 'jsonb', 'bytea', 'extensions.citext', 'extensions.hstore')
    and (
        has_column_privilege('authenticated', c.relation, c.number, 'insert')
        or has_column_privilege('authenticated', c.relation, c.number, 'update')
        or has_column_privilege('anon', c.relation, c.number, 'insert')
        or has_column_privilege('anon', c.relation, c.number, 'update')
    )
    and not exists (
        select from pg_constraint as f
        where f.conrelid = c.relation and f.contype = 'f' and c.number = any(f.conkey)
    )
    and not exists (
        select from bounds as b
        where
            b.relation = c.relation
            and c.number = any(b.columns)
            and (
                -- length(name) <= 200, length((email)::text) <= 254, pg_column_size(value) <= 65536
                b.definition ~ format(
                    '(%s)\(+%I(\)?::text)?\)+ <=? ',
                    case when c.type = 'text[]' then 'pg_column_size' else 'length|octet_length|pg_column_size' end,
                    c.name
                )
                -- one of a list; several of a list, so many at most
                or (c.type = 'text' and b.definition ~ format('%I = ANY \(ARRAY\[', c.name))
                or (
                    b.definition ~ format('cardinality\(%I\) <=? ', c.name)
                    and b.definition ~ format('%I <@ ARRAY\[', c.name)
                )
                -- a pattern from end to end that repeats nothing for ever
                or (b.definition ~ format('%I ~ ''\^[^*+]*\$''::text', c.name) and b.definition !~ ',}')
            )
    );

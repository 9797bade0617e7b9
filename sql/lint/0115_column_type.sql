create temporary view lint_column_type as
select
    c.object,
    format('%s: %s', c.type, t.instead) as detail
from our_columns as c
inner join (
    values
    ('timestamp without time zone', 'timestamptz knows when it was'),
    ('time with time zone', 'a time of day has no zone'),
    ('character varying', 'text, with a check on its length'),
    ('character', 'text, with a check on its length'),
    ('json', 'jsonb'),
    ('money', 'bigint *_minor beside a currency'),
    ('real', 'numeric'),
    ('double precision', 'numeric')
) as t (type, instead) on c.type = t.type
where c.is_table and (c.is_exposed or t.type not in ('real', 'double precision'));

create temporary view lint_reference_not_composite as
select
    r.object || '.' || c.conname as object,
    format('can point at another tenant''s row of %s', t.object) as detail
from our_relations as r
inner join pg_constraint as c on r.oid = c.conrelid and c.contype = 'f'
inner join our_relations as t on c.confrelid = t.oid and t.is_exposed and t.is_tenant
cross join plane as p
where
    r.is_exposed
    and t.name <> p.root
    and not exists (
        select from unnest(c.conkey, c.confkey) as k (here, there)
        inner join pg_attribute as a on a.attrelid = c.conrelid and k.here = a.attnum
        inner join pg_attribute as b on b.attrelid = c.confrelid and k.there = b.attnum
        where a.attname = p.isolation_column and b.attname = p.isolation_column
    );

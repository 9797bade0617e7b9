create temporary view lint_right_without_policy as
select
    r.object,
    format('%s may %s, and no policy says which rows', c.name, o.command) as detail
from our_relations as r
cross join client_roles as c
cross join (values ('select'), ('insert'), ('update'), ('delete')) as o (command)
where
    r.is_table
    and (
        has_table_privilege(c.name, r.oid, o.command)
        or o.command <> 'delete' and has_any_column_privilege(c.name, r.oid, o.command)
    )
    and not exists (
        select from our_policies as p
        where
            p.relation = r.oid
            and p.is_permissive
            and p.command in ('ALL', upper(o.command))
            and c.name = any(p.roles)
    )
union all
select
    r.object,
    format('%s may %s, which asks no policy', c.name, o.command)
from our_relations as r
cross join client_roles as c
cross join (values ('truncate'), ('references'), ('trigger')) as o (command)
where
    r.is_table
    and (
        has_table_privilege(c.name, r.oid, o.command)
        or o.command = 'references' and has_any_column_privilege(c.name, r.oid, o.command)
    );

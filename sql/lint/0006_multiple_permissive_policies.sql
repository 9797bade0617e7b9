create temporary view lint_multiple_permissive_policies as
select
    p.table_object as object,
    format('%s permissive policies for %s and %s: %s', count(*), r.role, c.command, string_agg(p.name, ', ')) as detail
from our_policies as p
cross join unnest(p.roles) as r (role)
inner join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) as c (command) on p.command in (c.command, 'ALL')
where p.is_permissive
group by p.table_object, r.role, c.command
having count(*) > 1;

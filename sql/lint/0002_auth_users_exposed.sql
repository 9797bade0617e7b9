create temporary view lint_auth_users_exposed as
select distinct
    r.object,
    format('shows %s', d.refobjid::regclass) as detail
from our_relations as r
inner join pg_rewrite as w on r.oid = w.ev_class
inner join pg_depend as d on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
inner join pg_class as c on d.refobjid = c.oid and d.refclassid = 'pg_class'::regclass
where r.is_exposed and r.kind in ('v', 'm') and c.relnamespace = to_regnamespace('auth');

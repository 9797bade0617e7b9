-- One row for everything our schemas hold. Read with an empty search path, so that definitions name things in full.
-- Only text that is the same in two equal databases: no object identifiers, no column positions.
with ours as (
    select oid, nspname as name
    from pg_catalog.pg_namespace
    where nspname in ('tenant_management', 'public', 'private', 'auth')
),

objects (catalogue, oid, kind, name, owner, definition, rights, comment) as (
    select
        'pg_namespace'::regclass, oid, 'schema', nspname::text, nspowner, '',
        coalesce(nspacl, acldefault('n', nspowner)), obj_description(oid, 'pg_namespace')
    from pg_catalog.pg_namespace
    where nspname in ('tenant_management', 'public', 'private', 'auth', 'extensions', 'pgmq')

    union all
    select
        'pg_class'::regclass, c.oid,
        case c.relkind
            when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' when 'm' then 'materialized view'
            when 'S' then 'sequence' when 'c' then 'type' else 'relation'
        end,
        format('%s.%s', ours.name, c.relname), c.relowner,
        concat_ws(
            e'\n',
            'kind ' || c.relkind::text || ', persistence ' || c.relpersistence::text
            || ', replica identity ' || c.relreplident::text,
            case when c.relrowsecurity then 'row level security' end,
            case when c.relforcerowsecurity then 'row level security forced' end,
            'options ' || (select string_agg(o, ', ' order by o) from unnest(c.reloptions) as o),
            'partition of ' || (
                select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno)
                from pg_catalog.pg_inherits as i
                where i.inhrelid = c.oid
            ),
            pg_get_expr(c.relpartbound, c.oid),
            case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end
        ),
        coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)),
        obj_description(c.oid, 'pg_class')
    from pg_catalog.pg_class as c
    inner join ours on c.relnamespace = ours.oid
    where c.relkind not in ('i', 'I', 't')

    union all
    select
        'pg_class'::regclass, c.oid, 'sequence values', format('%s.%s', ours.name, c.relname), null,
        concat_ws(
            ' ', format_type(s.seqtypid, null), 'start', s.seqstart, 'by', s.seqincrement, 'from', s.seqmin,
            'to', s.seqmax, 'cache', s.seqcache, 'cycle', s.seqcycle, 'of ' || (
                select format('%s.%s', d.refobjid::regclass, a.attname)
                from pg_catalog.pg_depend as d
                inner join pg_catalog.pg_attribute as a on d.refobjid = a.attrelid and d.refobjsubid = a.attnum
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
            )
        ),
        null, null
    from pg_catalog.pg_sequence as s
    inner join pg_catalog.pg_class as c on s.seqrelid = c.oid
    inner join ours on c.relnamespace = ours.oid

    union all
    select
        'pg_class'::regclass, c.oid, 'column', format('%s.%s.%s', ours.name, c.relname, a.attname), null,
        concat_ws(
            ' ', format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
            case when a.attgenerated <> '' then 'generated' when d.oid is not null then 'default' end,
            pg_get_expr(d.adbin, d.adrelid),
            case a.attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end,
            'collate ' || nullif(a.attcollation, t.typcollation)::regcollation::text
        ),
        a.attacl, col_description(c.oid, a.attnum)
    from pg_catalog.pg_attribute as a
    inner join pg_catalog.pg_class as c on a.attrelid = c.oid
    inner join ours on c.relnamespace = ours.oid
    inner join pg_catalog.pg_type as t on a.atttypid = t.oid
    left join pg_catalog.pg_attrdef as d on c.oid = d.adrelid and a.attnum = d.adnum
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'c', 'f')

    union all
    select
        'pg_constraint'::regclass, o.oid, 'constraint',
        format('%s.%s.%s', ours.name, coalesce(c.relname, t.typname), o.conname), null,
        concat_ws(' ', pg_get_constraintdef(o.oid), case when not o.convalidated then 'not validated' end),
        null, obj_description(o.oid, 'pg_constraint')
    from pg_catalog.pg_constraint as o
    inner join ours on o.connamespace = ours.oid
    left join pg_catalog.pg_class as c on o.conrelid = c.oid
    left join pg_catalog.pg_type as t on o.contypid = t.oid
    where o.contype not in ('n', 't') and not coalesce(c.relispartition, false)

    union all
    select
        'pg_class'::regclass, c.oid, 'index', format('%s.%s', ours.name, c.relname), c.relowner,
        concat_ws(
            ' ', pg_get_indexdef(c.oid), case when not i.indisvalid then 'invalid' end,
            case when i.indisclustered then 'clustered' end
        ),
        null, obj_description(c.oid, 'pg_class')
    from pg_catalog.pg_index as i
    inner join pg_catalog.pg_class as c on i.indexrelid = c.oid
    inner join ours on c.relnamespace = ours.oid

    union all
    select
        'pg_proc'::regclass, p.oid, 'function',
        format('%s.%s(%s)', ours.name, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner,
        case p.prokind
            when 'a' then (
                select format(
                    'aggregate %s, step %s, state %s, begun as %L, end %s', pg_get_function_result(p.oid),
                    a.aggtransfn, a.aggtranstype::regtype, a.agginitval, a.aggfinalfn
                )
                from pg_catalog.pg_aggregate as a
                where a.aggfnoid = p.oid
            )
            else pg_get_functiondef(p.oid)
        end,
        coalesce(p.proacl, acldefault('f', p.proowner)), obj_description(p.oid, 'pg_proc')
    from pg_catalog.pg_proc as p
    inner join ours on p.pronamespace = ours.oid

    union all
    select
        'pg_class'::regclass, c.oid, 'trigger', format('%s.%s.%s', ours.name, c.relname, t.tgname), null,
        concat_ws(' ', pg_get_triggerdef(t.oid), 'enabled ' || t.tgenabled::text),
        null, obj_description(t.oid, 'pg_trigger')
    from pg_catalog.pg_trigger as t
    inner join pg_catalog.pg_class as c on t.tgrelid = c.oid
    inner join ours on c.relnamespace = ours.oid
    where not t.tgisinternal

    union all
    select
        'pg_class'::regclass, c.oid, 'policy', format('%s.%s.%s', ours.name, c.relname, p.polname), null,
        concat_ws(
            e'\n', case when p.polpermissive then 'permissive' else 'restrictive' end,
            'for ' || case p.polcmd
                when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all'
            end,
            'to ' || (
                select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ' order by r::regrole::text)
                from unnest(p.polroles) as r
            ),
            'using ' || pg_get_expr(p.polqual, p.polrelid),
            'with check ' || pg_get_expr(p.polwithcheck, p.polrelid)
        ),
        null, obj_description(p.oid, 'pg_policy')
    from pg_catalog.pg_policy as p
    inner join pg_catalog.pg_class as c on p.polrelid = c.oid
    inner join ours on c.relnamespace = ours.oid

    union all
    select
        'pg_type'::regclass, t.oid, case t.typtype when 'd' then 'domain' else 'type' end,
        format('%s.%s', ours.name, t.typname), t.typowner,
        concat_ws(
            e'\n', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
            case when t.typnotnull then 'not null' end, 'default ' || t.typdefault,
            'collate ' || nullif(t.typcollation, 0)::regcollation::text,
            (
                select string_agg(e.enumlabel, ', ' order by e.enumsortorder)
                from pg_catalog.pg_enum as e
                where e.enumtypid = t.oid
            )
        ),
        coalesce(t.typacl, acldefault('T', t.typowner)), obj_description(t.oid, 'pg_type')
    from pg_catalog.pg_type as t
    inner join ours on t.typnamespace = ours.oid
    where t.typtype in ('d', 'e', 'r')

    union all
    select
        'pg_statistic_ext'::regclass, s.oid, 'statistics', format('%s.%s', ours.name, s.stxname), s.stxowner,
        pg_get_statisticsobjdef(s.oid), null, obj_description(s.oid, 'pg_statistic_ext')
    from pg_catalog.pg_statistic_ext as s
    inner join ours on s.stxnamespace = ours.oid

    union all
    select
        'pg_default_acl'::regclass, d.oid, 'default privileges',
        concat_ws(
            ' ', 'on',
            case d.defaclobjtype
                when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
                else 'schemas'
            end,
            'in ' || ours.name
        ),
        d.defaclrole, '', d.defaclacl, null
    from pg_catalog.pg_default_acl as d
    left join ours on d.defaclnamespace = ours.oid
    where d.defaclrole::regrole::text = 'ananta_owner' and (d.defaclnamespace = 0 or ours.oid is not null)

    union all
    select
        'pg_class'::regclass, null, 'rights on', 'pgmq.' || c.relname, null, '', c.relacl, null
    from pg_catalog.pg_class as c
    where c.relnamespace = to_regnamespace('pgmq') and c.relkind not in ('i', 'I', 't', 'c')

    union all
    select
        'pg_proc'::regclass, null, 'rights on',
        format('pgmq.%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), null, '', p.proacl, null
    from pg_catalog.pg_proc as p
    where p.pronamespace = to_regnamespace('pgmq') and p.proacl is not null
)

select
    comment,
    kind || ' ' || name as key,
    concat_ws(e'\n', 'owner ' || owner::regrole::text, nullif(definition, '')) as definition,
    coalesce(rights::text[], '{}') as rights
from objects
where not exists (
    select from pg_catalog.pg_depend as extension
    where extension.classid = objects.catalogue and extension.objid = objects.oid and extension.deptype = 'e'
)
-- Partitions come and go with time; what they are, their table says.
and not exists (
    select from pg_catalog.pg_class as c
    where objects.catalogue = 'pg_class'::regclass and c.oid = objects.oid and c.relispartition
)

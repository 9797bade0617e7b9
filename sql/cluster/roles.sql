-- Roles are cluster-wide, so both planes share the names; what a role may do is granted in each database.
-- Login roles are one per plane and process: a leaked password opens one door only.
-- Needs CREATEROLE for what is missing or differs, and names all of it that it may not do. Where all is as it should be
-- it does nothing and needs no right. Roles that are there (Supabase's anon and authenticated, a console's logins) keep
-- what is not named here.
do $$
declare
    is_option constant boolean := current_setting('server_version_num')::int >= 160000;
    step record;
    refused text[] := '{}';
begin
    for step in
        -- Edges and workers have their rights by inheriting them, a database's owner those on schema public (seen on
        -- PostgreSQL 15). An authenticator has no rights of its own: it may only become one of the API's roles.
        with wanted (name, attribute, is_inheriting) as (
            values
                ('ananta_owner', 'nologin', true), ('ananta_migrator', 'login', true),
                ('control_authenticator', 'login', false), ('app_authenticator', 'login', false),
                ('control_edge', 'login', true), ('app_edge', 'login', true),
                ('control_worker', 'login', true), ('app_worker', 'login', true),
                -- Members of nothing: whether they inherit is all the same.
                ('anon', 'nologin', null), ('authenticated', 'nologin', null), ('platform_admin', 'nologin', null),
                ('service_role', 'nologin', null), ('ananta_edge', 'nologin', null), ('ananta_worker', 'nologin', null)
        ),

        memberships (role_name, member_name) as (
            values
                ('anon', 'control_authenticator'), ('authenticated', 'control_authenticator'),
                ('platform_admin', 'control_authenticator'),
                ('anon', 'app_authenticator'), ('authenticated', 'app_authenticator'),
                -- The app edge reads as its caller; without claims a caller sees no rows.
                ('authenticated', 'app_edge'),
                ('ananta_owner', 'ananta_migrator'),
                ('ananta_edge', 'control_edge'), ('ananta_edge', 'app_edge'),
                ('ananta_worker', 'control_worker'), ('ananta_worker', 'app_worker')
        ),

        -- Since PostgreSQL 16 a membership has options of its own, whatever the member's attribute says later.
        held as (
            select r.rolname as role_name, m.rolname as member_name,
                bool_or((to_jsonb(given) ->> 'inherit_option')::boolean) as is_inherited,
                bool_or((to_jsonb(given) ->> 'set_option')::boolean) as is_settable
            from pg_catalog.pg_auth_members as given
            inner join pg_catalog.pg_roles as r on given.roleid = r.oid
            inner join pg_catalog.pg_roles as m on given.member = m.oid
            group by r.rolname, m.rolname
        )

        select 1 as position, w.name, format(
            'create role %I %s %s', w.name, w.attribute, case when w.is_inheriting then 'inherit' else 'noinherit' end
        ) as statement
        from wanted as w
        where not exists (select from pg_catalog.pg_roles as r where r.rolname = w.name)
        union all
        select 2, w.name, format(
            'alter role %I %s', w.name, case when w.is_inheriting then 'inherit' else 'noinherit' end
        )
        from wanted as w
        inner join pg_catalog.pg_roles as r on w.name = r.rolname
        where r.rolinherit <> w.is_inheriting
        union all
        select 3, m.member_name, format('grant %I to %I', m.role_name, m.member_name)
            || case when is_option then format(' with inherit %s, set true', w.is_inheriting::text) else '' end
        from memberships as m
        inner join wanted as w on m.member_name = w.name
        where not exists (
            select from held as h
            where h.role_name = m.role_name and h.member_name = m.member_name
                and (not is_option or h.is_settable and h.is_inherited = w.is_inheriting)
        )
        order by 1, 2, 3
    loop
        begin
            execute step.statement;
        exception when insufficient_privilege or undefined_object then
            refused := refused || step.statement;
        end;
    end loop;
    if refused <> '{}' then
        raise insufficient_privilege using message = format(
            '%s may not make the roles what they must be; somebody who may runs first: %s',
            current_user, array_to_string(refused, '; ')
        );
    end if;
end
$$;

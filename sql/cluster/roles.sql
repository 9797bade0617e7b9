-- Roles are cluster-wide, so both planes share the names; what a role may do is granted in each database.
-- Login roles are one per plane and process: a leaked password opens one door only.
-- Needs CREATEROLE. What is there already is left as it is (Supabase has anon, authenticated and service_role; a
-- service's console makes logins), so where nothing is missing nothing is needed.
do $$
declare
    role_name text;
begin
    foreach role_name in array array[
        'ananta_owner', 'anon', 'authenticated', 'platform_admin', 'service_role', 'ananta_edge', 'ananta_worker'
    ] loop
        if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
            execute format('create role %I nologin noinherit', role_name);
        end if;
    end loop;
    foreach role_name in array array[
        'ananta_migrator', 'control_authenticator', 'app_authenticator',
        'control_edge', 'app_edge', 'control_worker', 'app_worker'
    ] loop
        if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
            execute format('create role %I login noinherit', role_name);
        end if;
    end loop;
    -- A database owner without inherit lacks its rights on schema public (seen on PostgreSQL 15).
    foreach role_name in array array[
        'ananta_owner', 'ananta_migrator', 'control_edge', 'app_edge', 'control_worker', 'app_worker'
    ] loop
        if exists (select from pg_catalog.pg_roles where rolname = role_name and not rolinherit) then
            execute format('alter role %I inherit', role_name);
        end if;
    end loop;
end
$$;

do $$
declare
    given record;
begin
    for given in
        select * from (values
            -- An authenticator has no rights of its own: it may only become one of these.
            ('anon', 'control_authenticator'), ('authenticated', 'control_authenticator'),
            ('platform_admin', 'control_authenticator'),
            ('anon', 'app_authenticator'), ('authenticated', 'app_authenticator'),
            -- The app edge reads as its caller; without claims a caller sees no rows.
            ('authenticated', 'app_edge'),
            ('ananta_owner', 'ananta_migrator'),
            ('ananta_edge', 'control_edge'), ('ananta_edge', 'app_edge'),
            ('ananta_worker', 'control_worker'), ('ananta_worker', 'app_worker')
        ) as needed (role_name, member_name)
        where not exists (
            select from pg_catalog.pg_auth_members as m
            where m.roleid = needed.role_name::regrole and m.member = needed.member_name::regrole
        )
    loop
        execute format('grant %I to %I', given.role_name, given.member_name);
    end loop;
end
$$;

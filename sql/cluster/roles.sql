-- Roles are cluster-wide, so both planes share the names; what a role may do is granted in each database.
-- Login roles are one per plane and process: a leaked password opens one door only.
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
end
$$;

-- An authenticator has no rights of its own: it may only become one of these.
grant anon, authenticated, platform_admin to control_authenticator;
grant anon, authenticated to app_authenticator;

-- The app edge reads as its caller; without claims a caller sees no rows.
grant authenticated to app_edge;

-- A database owner without inherit lacks its rights on schema public (seen on PostgreSQL 15).
alter role ananta_owner inherit;
alter role ananta_migrator inherit;
grant ananta_owner to ananta_migrator;
alter role control_edge inherit;
alter role app_edge inherit;
grant ananta_edge to control_edge, app_edge;
alter role control_worker inherit;
alter role app_worker inherit;
grant ananta_worker to control_worker, app_worker;

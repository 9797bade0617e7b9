-- What an administrator does once in each database: run in it, after roles.sql, as its owner or a superuser, with
-- `set ananta.plane = 'control'` or `'app'` before it. Safe to repeat.
-- ananta_owner's own database is closed to all but the plane's logins. In one that is somebody else's, such as a
-- service's, it gives rights on their schemas, hands none of them over, and takes only PUBLIC's CREATE on public.
do $$
declare
    login record;
    setting record;
begin
    if exists (
        select from pg_catalog.pg_database where datname = current_database() and datdba = 'ananta_owner'::regrole
    ) then
        execute format('revoke all on database %I from public', current_database());
    else
        execute format('grant connect, create, temporary on database %I to ananta_owner', current_database());
    end if;
    execute format('grant connect, create, temporary on database %I to ananta_migrator', current_database());
    for login in
        select * from (values
            -- PostgREST's connections are few and everybody's: who waits for a row gives his back soon.
            ('control', 'control_authenticator', '5s', '2s'), ('control', 'control_edge', '15s', '10s'),
            ('control', 'control_worker', '120s', '10s'),
            ('app', 'app_authenticator', '5s', '2s'), ('app', 'app_edge', '15s', '10s'),
            ('app', 'app_worker', '120s', '10s')
        ) as l (plane, name, statement_timeout, lock_timeout)
        where l.plane = current_setting('ananta.plane')
    loop
        execute format('grant connect on database %I to %I', current_database(), login.name);
        for setting in
            select * from (values
                ('statement_timeout', login.statement_timeout),
                ('idle_in_transaction_session_timeout', '30s'), ('lock_timeout', login.lock_timeout)
            ) as s (name, value)
        loop
            begin
                execute format(
                    'alter role %I in database %I set %s = %L',
                    login.name, current_database(), setting.name, setting.value
                );
            exception when insufficient_privilege then
                raise warning '% may not be set here: let % set it for itself, by the same statement',
                    setting.name, login.name;
            end;
        end loop;
    end loop;
end
$$;

do $$
declare
    plane constant text := current_setting('ananta.plane');
    extensions constant text[] := array['citext', 'pg_trgm', 'pgcrypto'];
    everyone constant text := 'anon, authenticated, platform_admin, ananta_edge, ananta_worker';
    extension text;
    -- Looked up here and not by to_regclass, which needs USAGE on the schema.
    pgmq_tables text[] := array(
        select c.relname from pg_catalog.pg_class as c
        where c.relnamespace = (select n.oid from pg_catalog.pg_namespace as n where n.nspname = 'pgmq')
    );
begin
    if exists (
        select from pg_catalog.pg_database where datname = current_database() and datdba = 'ananta_owner'::regrole
    ) then
        -- What its owner may create comes with the upgrade and is its own.
        for extension in
            select a.name
            from pg_catalog.pg_available_extensions as a
            inner join pg_catalog.pg_available_extension_versions as v
                on a.name = v.name and a.default_version = v.version
            where a.name = any(extensions) and a.installed_version is null and v.superuser and not v.trusted
                and not (select r.rolsuper from pg_catalog.pg_roles as r where r.rolname = 'ananta_owner')
        loop
            create schema if not exists extensions authorization ananta_owner;
            execute format('create extension %I schema extensions', extension);
        end loop;
        return;
    end if;

    create schema if not exists extensions;
    foreach extension in array extensions loop
        execute format('create extension if not exists %I schema extensions', extension);
    end loop;
    execute 'grant usage on schema extensions to ananta_owner, ' || everyone;

    grant usage on schema public to ananta_owner;
    if exists (
        select from pg_catalog.pg_namespace as n, pg_catalog.aclexplode(n.nspacl) as a
        where n.nspname = 'public' and a.grantee = 0 and a.privilege_type = 'CREATE'
    ) then
        revoke create on schema public from public;
    end if;
    if plane = 'app' then
        grant create on schema public to ananta_owner;
        grant usage on schema public to anon, authenticated;
    end if;

    -- pgmq older than 1.8 lacks what we call; then the upgrade brings the same as SQL, into the same schema.
    if not 'meta' = any(pgmq_tables) and exists (
        select from pg_catalog.pg_available_extensions
        where name = 'pgmq' and string_to_array(substring(default_version from '^\d+\.\d+'), '.')::int[] >= '{1,8}'
    ) then
        begin
            create extension pgmq;
            pgmq_tables := pgmq_tables || array['notify_insert_throttle'];
        exception when insufficient_privilege then
            raise notice 'pgmq may not be created as an extension: the upgrade brings it as SQL';
        end;
    end if;
    if 'notify_insert_throttle' = any(pgmq_tables) and not exists (
        select from pg_catalog.pg_namespace where nspname = 'pgmq' and nspowner = 'ananta_owner'::regrole
    ) then
        grant usage, create on schema pgmq to ananta_owner;
        grant select, insert, update, delete on pgmq.meta, pgmq.notify_insert_throttle to ananta_owner;
        grant execute on all functions in schema pgmq to ananta_owner;
    end if;
end
$$;

-- private holds what no client may call; auth is Supabase's: where it exists, nothing in it is touched.
create schema if not exists private;
comment on schema private is 'Helpers, worker functions and secrets; never exposed through the API';
create schema if not exists extensions;
comment on schema extensions is 'PostgreSQL extensions, as on Supabase';
create extension if not exists citext schema extensions;
create extension if not exists pg_trgm schema extensions;
create extension if not exists pgcrypto schema extensions;

do $$
begin
    if not exists (select from pg_catalog.pg_namespace where nspname = 'auth') then
        create schema auth;
        comment on schema auth is 'Supabase''s helper functions, for a plain PostgreSQL';
        grant usage on schema auth to anon, authenticated, platform_admin;
        create function auth.jwt() returns jsonb language sql stable set search_path = '' as $fn$
            select nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb
        $fn$;
        comment on function auth.jwt() is 'The verified claims of the caller''s token, or null';
        create function auth.uid() returns uuid language sql stable set search_path = '' as $fn$
            select nullif(auth.jwt() ->> 'sub', '')::uuid
        $fn$;
        comment on function auth.uid() is 'users.id of the caller, or null';
        create function auth.role() returns text language sql stable set search_path = '' as $fn$
            select auth.jwt() ->> 'role'
        $fn$;
        comment on function auth.role() is 'The database role of the caller''s token, or null';
    end if;
end
$$;

alter default privileges revoke execute on functions from public;
revoke all on schema private from public;
revoke all on schema public from public;
grant usage on schema private to anon, authenticated, platform_admin, ananta_edge, ananta_worker;
grant usage on schema extensions to anon, authenticated, platform_admin, ananta_edge, ananta_worker;

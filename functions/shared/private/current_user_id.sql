create or replace function private.current_user_id() returns uuid
language sql stable set search_path = '' as $$
    select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid
$$;
comment on function private.current_user_id() is 'users.id of the caller, or null';
grant execute on function private.current_user_id() to anon, authenticated, platform_admin, ananta_edge, ananta_worker;

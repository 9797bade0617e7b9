-- PL/pgSQL, since a function in SQL that sets its search_path is planned anew at each call.
create or replace function private.current_user_id() returns uuid
language plpgsql stable set search_path = '' as $$
begin
    return nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid;
end
$$;
comment on function private.current_user_id() is 'users.id of the caller, or null';
grant execute on function private.current_user_id() to anon, authenticated, platform_admin, ananta_edge, ananta_worker;

create or replace function private.audit_actor_kind() returns text
language plpgsql stable set search_path = '' as $$
declare
    claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
begin
    return case
        when claims ->> 'sub' <> '' then case claims ->> 'role' when 'platform_admin' then 'platform_admin' else 'user' end
        when session_user in ('app_worker', 'control_worker') then 'worker'
        else 'system'
    end;
end
$$;
comment on function private.audit_actor_kind() is
'Who acts: user or platform_admin by the token, worker by the login, else system (signup, set-up, by hand)';

create or replace function private.check_request() returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
begin
    perform set_config('application_name', left(coalesce(private.current_correlation_id(), 'PostgREST'), 63), true);
    perform private.bound_count();
    if current_setting('role', true) = 'anon' and coalesce(claims - 'role', '{}') = '{}' then
        return;
    end if;
    claims := private.check_claims('control');
    if not exists (
        select from tenant_management.users as u
        where u.id = (claims ->> 'sub')::uuid and u.status = 'active' and case claims ->> 'role'
            when 'platform_admin' then u.is_platform_admin
            when 'authenticated' then exists (
                select from tenant_management.user_tenants as ut
                join tenant_management.tenants as t on t.id = ut.tenant_id
                where ut.user_id = u.id and ut.status = 'active' and t.status = 'active'
                    and t.id = nullif(claims ->> 'tenantId', '')::uuid)
            else false
        end
    ) then
        raise exception using
            errcode = 'PT401', message = 'membership_inactive', detail = '{}',
            hint = 'Your account or your tenant is not active. Ask an owner or admin of your company.';
    end if;
    perform private.take_request_key();
end
$$;
comment on function private.check_request() is
'Runs before every request (db-pre-request): the token is ours, and operator, or member and tenant, are active now.

Auth: anon without claims passes and sees what anon may.
Errors: invalid_token (401), membership_inactive (401); those of bound_count and take_request_key.
Effects: the server''s log shows the correlation id; takes the request''s Idempotency-Key.';
grant execute on function private.check_request() to anon, authenticated, platform_admin, ananta_edge;

create or replace function private.check_request() returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
begin
    if current_setting('role', true) = 'anon' and coalesce(claims - 'role', '{}') = '{}' then
        return;
    end if;
    claims := private.check_claims('app');
    if not exists (
        select from public.users as u
        join public.organizations as o on o.id = u.organization_id
        where claims ->> 'role' = 'authenticated' and u.id = (claims ->> 'sub')::uuid and u.status = 'active'
            and o.id = (nullif(claims ->> 'organization_id', ''))::uuid and o.status = 'active'
            and o.arc_saas_tenant_id = (nullif(claims ->> 'tenantId', ''))::uuid
    ) then
        raise exception using
            errcode = 'PT401', message = 'membership_inactive', detail = '{}',
            hint = 'Your account or your organization is not active. Ask an owner or admin of your organization.';
    end if;
    perform private.take_request_key();
end
$$;
comment on function private.check_request() is
'Runs before every request (db-pre-request): the token is ours, and member and organization are active now.

Auth: anon without claims passes and sees what anon may.
Errors: invalid_token (401), membership_inactive (401); those of take_request_key.
Effects: takes the request''s Idempotency-Key.';
grant execute on function private.check_request() to anon, authenticated, ananta_edge;

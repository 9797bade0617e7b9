create or replace function private.check_request() returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
    headers constant jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
    caller record;
begin
    perform set_config('application_name', left(coalesce(private.current_correlation_id(), 'PostgREST'), 63), true);
    perform private.bound_count();
    if current_setting('role', true) = 'anon' and coalesce(claims - 'role', '{}') = '{}' then
        return;
    end if;
    claims := private.check_claims('app');
    select o.id as organization_id, r.throttled_until, r.reason into caller
    from public.users as u
    join public.organizations as o on o.id = u.organization_id
    left join private.api_rates as r on r.organization_id = o.id and r.throttled_until > clock_timestamp()
    where claims ->> 'role' = 'authenticated' and u.id = (claims ->> 'sub')::uuid and u.status = 'active'
        and o.id = (nullif(claims ->> 'organization_id', ''))::uuid and o.status = 'active'
        and o.arc_saas_tenant_id = (nullif(claims ->> 'tenantId', ''))::uuid;
    if not found then
        raise exception using
            errcode = 'PT401', message = 'membership_inactive', detail = '{}',
            hint = 'Your account or your organization is not active. Ask an owner or admin of your organization.';
    end if;
    if caller.throttled_until is not null then
        perform private.refuse_throttled(caller.throttled_until, caller.reason);
    end if;
    if headers ->> 'x-ananta-internal-answer' = 'text/csv' then
        perform private.require_feature('bulk_export');
    end if;
    perform set_config('response.headers',
        json_build_array(json_build_object('X-Ananta-Internal-Organization', caller.organization_id))::text, true);
    perform private.take_request_key();
end
$$;
comment on function private.check_request() is
'Runs before every request (db-pre-request): the token is ours, member and organization are active now, the organization
is not throttled, and what the gateway will write as CSV is in its plan (bulk_export).

Auth: anon without claims passes and sees what anon may.
Errors: invalid_token (401), membership_inactive (401), too_many_requests (429), feature_not_in_plan (402); those of
bound_count and take_request_key.
Effects: the server''s log shows the correlation id; takes the request''s Idempotency-Key; names the organization in an answer''s header, by which the gateway
meters the call; it goes no further.';
grant execute on function private.check_request() to anon, authenticated, ananta_edge;

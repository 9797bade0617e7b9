create or replace function private.check_tenant_request(request jsonb) returns void
language plpgsql stable security definer set search_path = '' as $$
declare
    problem constant text := private.tenant_key_problem(request ->> 'key');
begin
    if problem = 'tenant_key_taken' then
        raise exception using
            errcode = 'PT409', message = 'tenant_key_taken', detail = '{}', hint = 'Choose another key.';
    elsif problem = 'tenant_key_reserved' then
        raise exception using
            errcode = 'PT422', message = 'tenant_key_reserved', detail = '{}', hint = 'Choose another key.';
    elsif problem is not null then
        raise exception using
            errcode = 'PT422', message = 'tenant_key_invalid', detail = '{}',
            hint = 'Use 3 to 40 lower-case letters, digits and single hyphens, a letter first.';
    end if;
    if not exists (select from tenant_management.plans as p where p.id = request ->> 'planId' and p.is_public) then
        raise exception using
            errcode = 'PT422', message = 'plan_not_found', detail = '{}', hint = 'Choose one of the public plans.';
    end if;
end
$$;
comment on function private.check_tenant_request(jsonb) is
'Refuses a tenant request whose key or plan cannot be had.

Errors: tenant_key_invalid (422), tenant_key_reserved (422), tenant_key_taken (409), plan_not_found (422).';

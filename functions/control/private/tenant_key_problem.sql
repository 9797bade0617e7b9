create or replace function private.tenant_key_problem(tenant_key text) returns text
language sql stable security definer set search_path = '' as $$
    select case
        when tenant_key is null or length(tenant_key) not between 3 and 40 or not private.is_slug(tenant_key) then 'tenant_key_invalid'
        when exists (select from private.reserved_tenant_keys as r where r.key = tenant_key) then 'tenant_key_reserved'
        when exists (select from tenant_management.tenants as t where t.key = tenant_key) then 'tenant_key_taken'
    end
$$;
comment on function private.tenant_key_problem(text) is
'Why a tenant key cannot be had: tenant_key_invalid (3 to 40 lower-case letters, digits, hyphens; a letter first),
tenant_key_reserved or tenant_key_taken; null when it can';
grant execute on function private.tenant_key_problem(text) to ananta_edge;

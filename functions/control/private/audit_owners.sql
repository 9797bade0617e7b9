create or replace function private.audit_owners() returns setof uuid
language sql stable security definer set search_path = '' as $$
    select c.owner_id from private.audit_chains as c union select l.tenant_id from tenant_management.activity_log as l
    union select t.id from tenant_management.tenants as t
$$;
comment on function private.audit_owners() is 'Everyone who has a chain or an entry, or must have one';

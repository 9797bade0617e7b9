create or replace function private.find_audit_owner(tenant text) returns uuid
language sql stable security definer set search_path = '' as $$
    select t.id from tenant_management.tenants as t where tenant in (t.key, t.id::text)
    union all
    select c.owner_id from private.audit_chains as c where c.owner_id::text = tenant
    limit 1
$$;
comment on function private.find_audit_owner(text) is
'Whose chain is meant: a key, a tenant''s id, or the id in the log of one that is gone';

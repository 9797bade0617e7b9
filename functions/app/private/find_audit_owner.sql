create or replace function private.find_audit_owner(tenant text) returns uuid
language sql stable security definer set search_path = '' as $$
    select o.id from public.organizations as o
    where tenant in (o.slug, o.id::text, o.arc_saas_tenant_id::text)
    union all
    select c.owner_id from private.audit_chains as c where c.owner_id::text = tenant
    limit 1
$$;
comment on function private.find_audit_owner(text) is
'Whose chain is meant: a key, a tenant''s id or an organization''s, or the id in the log of one that is gone';

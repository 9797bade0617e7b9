create or replace function private.audit_owners() returns setof uuid
language sql stable security definer set search_path = '' as $$
    select c.owner_id from private.audit_chains as c union select l.organization_id from public.audit_logs as l
    union select o.id from public.organizations as o
$$;
comment on function private.audit_owners() is 'Everyone who has a chain or an entry, or must have one';

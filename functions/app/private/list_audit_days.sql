create or replace function private.list_audit_days() returns setof integer
language sql stable security definer set search_path = '' as $$
    select distinct o.audit_days from public.organizations as o
$$;
comment on function private.list_audit_days() is 'Every retention in use';

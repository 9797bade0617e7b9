create or replace function private.list_audit_days() returns setof integer
language sql stable security definer set search_path = '' as $$
    select distinct l.limit_value from tenant_management.plan_limits as l where l.metric = 'audit_days'
$$;
comment on function private.list_audit_days() is 'Every retention in use';

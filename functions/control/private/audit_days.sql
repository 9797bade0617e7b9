create or replace function private.audit_days(owner_id uuid) returns integer
language plpgsql stable security definer set search_path = '' as $$
begin
    return (
        select l.limit_value from (
            select s.plan_id from tenant_management.subscriptions as s where s.tenant_id = audit_days.owner_id
            order by s.status in ('pending', 'active') desc, s.created_at desc limit 1
        ) as s
        join tenant_management.plan_limits as l on l.plan_id = s.plan_id and l.metric = 'audit_days'
    );
end
$$;
comment on function private.audit_days(uuid) is
'For how many days a tenant''s activity is kept at least: by the plan it has or had last. Null is for ever, as for the
platform''s own';

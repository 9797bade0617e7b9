-- The plan is locked as no subscription that refers to it can come or go meanwhile: a tenant who takes the plan up now
-- either is seen here, or sees what changed here.
create or replace function private.renew_subscriptions() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    plans text[];
begin
    if tg_op = 'DELETE' then
        plans := array(select distinct r.plan_id from old_rows as r);
    elsif tg_op = 'INSERT' then
        plans := array(select distinct r.plan_id from new_rows as r);
    else
        plans := array(select r.plan_id from new_rows as r union select r.plan_id from old_rows as r);
    end if;
    perform from tenant_management.plans as p where p.id = any (plans) order by p.id for update;
    update tenant_management.subscriptions as s set version = s.version + 1
    where s.plan_id = any (plans) and s.status = 'active';
    return null;
end
$$;
comment on function private.renew_subscriptions() is
'Trigger: limits or features of a plan changed, so every active subscription to it did.

Effects: message subscription.changed for each.';

create or replace trigger _500_renew_subscriptions_insert after insert on tenant_management.plan_limits
referencing new table as new_rows for each statement execute function private.renew_subscriptions();
create or replace trigger _500_renew_subscriptions_update after update on tenant_management.plan_limits
referencing old table as old_rows new table as new_rows
for each statement execute function private.renew_subscriptions();
create or replace trigger _500_renew_subscriptions_delete after delete on tenant_management.plan_limits
referencing old table as old_rows for each statement execute function private.renew_subscriptions();
create or replace trigger _500_renew_subscriptions_insert after insert on tenant_management.plan_features
referencing new table as new_rows for each statement execute function private.renew_subscriptions();
create or replace trigger _500_renew_subscriptions_update after update on tenant_management.plan_features
referencing old table as old_rows new table as new_rows
for each statement execute function private.renew_subscriptions();
create or replace trigger _500_renew_subscriptions_delete after delete on tenant_management.plan_features
referencing old table as old_rows for each statement execute function private.renew_subscriptions();

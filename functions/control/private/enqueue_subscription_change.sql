create or replace function private.enqueue_subscription_change() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
    if tg_op = 'UPDATE' and (old.status = 'pending' or old.version = new.version) then
        return null;
    end if;
    if new.status = 'active'
        and exists (select from tenant_management.tenants as t where t.id = new.tenant_id and t.status = 'active') then
        perform private.enqueue('webhooks', 'subscription.changed', new.tenant_id::text, jsonb_build_object(
            'tenant_id', new.tenant_id, 'previous_plan', case when tg_op = 'UPDATE' then old.plan_id end));
    end if;
    return null;
end
$$;
comment on function private.enqueue_subscription_change() is
'Trigger: the app plane is told of an active subscription that changed; of a first one tells tenant.provisioned.

Effects: message subscription.changed.';

create or replace trigger _900_enqueue_subscription_change after insert or update on tenant_management.subscriptions
for each row execute function private.enqueue_subscription_change();

create or replace function private.stamp_plan_version() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
    new.version := nextval('private.plan_versions');
    return new;
end
$$;
comment on function private.stamp_plan_version() is
'Trigger: a new number for what holds now, taken with the row locked, so that the order is that of the changes';

create or replace trigger _100_stamp_plan_version_insert before insert on tenant_management.subscriptions
for each row execute function private.stamp_plan_version();
create or replace trigger _100_stamp_plan_version before update on tenant_management.subscriptions
for each row when (
    (old.plan_id, old.status, old.version) is distinct from (new.plan_id, new.status, new.version)
) execute function private.stamp_plan_version();

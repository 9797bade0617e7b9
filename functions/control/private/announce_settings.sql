-- The number tells the app plane which of two events is the later one; the row of the tenant is its lock.
create or replace function private.announce_settings() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
    if tg_table_name = 'settings' then
        update tenant_management.tenants as t set settings_revision = t.settings_revision + 1
        where t.id = coalesce(new.tenant_id, old.tenant_id);
    else
        perform private.enqueue('webhooks', 'tenant.settings_changed', new.id::text, jsonb_build_object('tenant_id', new.id));
    end if;
    return null;
end
$$;
comment on function private.announce_settings() is
'Trigger: a change of a setting raises the tenant''s settings_revision; and that, or an activation, tells the app plane.

Effects: message tenant.settings_changed while the tenant is active.';

create or replace trigger _900_announce_settings after insert or update or delete on tenant_management.settings
for each row execute function private.announce_settings();
create or replace trigger _900_announce_settings after update of settings_revision, status on tenant_management.tenants
for each row when (
    new.status = 'active' and new.settings_revision > 0
    and (new.settings_revision, new.status) is distinct from (old.settings_revision, old.status)
) execute function private.announce_settings();

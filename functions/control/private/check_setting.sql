-- A definer, since clients see the definitions by effective_settings only.
create or replace function private.check_setting() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    definition private.setting_definitions;
begin
    select d.* into definition from private.setting_definitions as d where d.key = new.key;
    if not found then
        raise exception using
            errcode = 'PT422', message = 'setting_unknown', detail = jsonb_build_object(
                'key', new.key, 'allowed', (select jsonb_agg(d.key order by d.key) from private.setting_definitions as d))::text,
            hint = 'Use one of the keys in details; rpc/effective_settings describes them.';
    end if;
    if not private.is_valid_setting(definition.schema, new.value) then
        raise exception using
            errcode = 'PT422', message = 'setting_invalid', detail = jsonb_build_object(
                'key', new.key, 'allowed', definition.schema, 'description', definition.description)::text,
            hint = 'Send a value as details describe it; delete the row to have the default again.';
    end if;
    return new;
end
$$;
comment on function private.check_setting() is
'Trigger: a setting is one that is defined, and its value is as the definition says.

Errors: setting_unknown (422), setting_invalid (422), details {key, allowed}.';

create or replace trigger _200_check_setting before insert or update of key, value on tenant_management.settings
for each row execute function private.check_setting();

create or replace function private.effective_setting(organization_id uuid, key text) returns jsonb
language sql stable security definer set search_path = '' as $$
    select coalesce(o.settings -> d.key, d.default_value)
    from public.organizations as o, private.setting_definitions as d
    where o.id = effective_setting.organization_id and d.key = effective_setting.key
$$;
comment on function private.effective_setting(uuid, text) is
'The value in effect of one setting of an organization; null when there is no such setting';

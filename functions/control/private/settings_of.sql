create or replace function private.settings_of(tenant_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
    select coalesce(jsonb_object_agg(s.key, s.value), '{}') from tenant_management.settings as s
    where s.tenant_id = settings_of.tenant_id
$$;
comment on function private.settings_of(uuid) is 'What a tenant has set: {key: value}, without defaults';

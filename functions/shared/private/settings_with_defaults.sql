create or replace function private.settings_with_defaults(settings jsonb)
returns table (
    key text, value jsonb, is_default boolean, default_value jsonb, schema jsonb, description text
)
language sql stable security definer set search_path = '' as $$
    select d.key, coalesce(settings -> d.key, d.default_value), not settings ? d.key, d.default_value, d.schema, d.description
    from private.setting_definitions as d order by d.key
$$;
comment on function private.settings_with_defaults(jsonb) is
'Every setting there is, with the value in effect for somebody who has set those given';

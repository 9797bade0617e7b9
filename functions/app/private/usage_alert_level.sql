create or replace function private.usage_alert_level(organization_id uuid, reached integer) returns integer
language sql stable security definer set search_path = '' as $$
    select coalesce(max(p.percentage::integer), 0)
    from jsonb_array_elements_text(
        private.effective_setting(usage_alert_level.organization_id, 'usage_alert_percentages')) as p (percentage)
    where p.percentage::integer <= reached
$$;
comment on function private.usage_alert_level(uuid, integer) is
'The highest percentage of a limit that the organization wants an alert for and that is reached; 0 for none';

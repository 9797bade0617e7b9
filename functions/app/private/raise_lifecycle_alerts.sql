create or replace function private.raise_lifecycle_alerts(organization_id uuid, bom_id uuid) returns void
language sql volatile security definer set search_path = '' as $$
    insert into public.alerts (organization_id, type, severity, component_id, bom_id, title, details)
    select distinct on (l.component_id)
        l.organization_id, 'component-eol', case when p.lifecycle = 'obsolete' then 'critical' else 'warning' end,
        l.component_id, l.bom_id, p.mpn || ' is ' || replace(p.lifecycle, '_', ' '),
        jsonb_build_object('lifecycle', p.lifecycle, 'catalogue_part_id', p.id, 'source', p.source)
    from public.bom_line_items as l
    join public.catalogue_parts as p on p.id = l.catalogue_part_id
    where l.organization_id = raise_lifecycle_alerts.organization_id and l.bom_id = raise_lifecycle_alerts.bom_id
        and l.match_status = 'matched' and l.component_id is not null
        and array_position(array['nrnd', 'last_time_buy', 'eol', 'obsolete'], p.lifecycle) >= array_position(
            array['nrnd', 'last_time_buy', 'eol', 'obsolete'],
            (select private.effective_setting(raise_lifecycle_alerts.organization_id, 'lifecycle_alert_from') #>> '{}'))
        and exists (
            select from public.notification_preferences as n
            where n.organization_id = l.organization_id and n.user_id is null
                and n.alert_type = 'component-eol' and n.is_enabled)
    order by l.component_id, l.position
    on conflict on constraint alerts_subject_key do nothing
$$;
comment on function private.raise_lifecycle_alerts(uuid, uuid) is
'One open alert component-eol for each component of a BOM whose part is on its way out, as far as the setting
lifecycle_alert_from says, where alerts are wanted';

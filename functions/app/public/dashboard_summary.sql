create or replace function public.dashboard_summary() returns jsonb
language sql stable set search_path = '' as $$
    select jsonb_build_object(
        'organization', (select jsonb_build_object('name', o.name, 'plan_id', o.plan_id) from public.organizations as o
                         where o.id = (select private.current_organization_id())),
        'usage', (
            select jsonb_build_object('users', 0, 'components', 0, 'storage_bytes', 0)
                || coalesce(jsonb_object_agg(c.metric, c.current_count), '{}') from public.usage_counters as c
            where c.organization_id = (select private.current_organization_id())),
        'limits', (
            select jsonb_build_object('users', o.max_users, 'components', o.max_components, 'storage_gb', o.max_storage_gb,
                'storage_bytes', o.max_storage_gb * 1000000000::bigint)
            from public.organizations as o where o.id = (select private.current_organization_id())),
        'seats', (
            select jsonb_build_object('used', count(*), 'active', count(u.joined_at), 'invited', count(*) - count(u.joined_at))
                || (select jsonb_build_object('limit', o.max_users) from public.organizations as o
                    where o.id = (select private.current_organization_id()))
            from public.users as u
            where u.organization_id = (select private.current_organization_id()) and u.status <> 'deactivated'),
        'boms', (
            select coalesce(jsonb_object_agg(b.status, b.bom_count), '{}') from (
                select status, count(*) as bom_count from public.boms
                where organization_id = (select private.current_organization_id()) group by status) as b),
        'open_alerts', (
            select count(*) from public.alerts as a
            where a.organization_id = (select private.current_organization_id()) and a.status = 'open')
    )
$$;
comment on function public.dashboard_summary() is
'What a start page shows.

Answers organization, usage and limits by metric (users, components, storage_bytes; null is unlimited), seats {used,
limit, active, invited}, BOMs by status, and the number of open alerts.

Auth: any member; rows by the caller''s policies.';
grant execute on function public.dashboard_summary() to authenticated;

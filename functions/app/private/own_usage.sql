create or replace function private.own_usage()
returns table (
    organization_id uuid, metric text, current_count bigint, limit_value bigint, threshold integer,
    updated_at timestamptz
)
language sql stable security definer set search_path = '' as $$
    select s.organization_id, s.metric, s.current_count, s.limit_value, s.threshold, s.updated_at
    from private.usage_sums as s
    where s.organization_id = (select private.current_organization_id())
        and (select private.has_permission('organization:read'))
$$;
comment on function private.own_usage() is
'The rows of public.usage_counters: sums, so that clients have no rights on what is locked and added up.

Auth: organization:read; nothing without it.';
grant execute on function private.own_usage() to authenticated;

create or replace function private.usage_overview(slug text)
returns table (
    tenant_key text, plan_id text, metric text, current_count bigint, limit_value bigint, percentage bigint,
    excess_count bigint
)
language sql stable security definer set search_path = '' as $$
    select o.slug, o.plan_id, u.* from public.organizations as o, private.usage_of(o.id) as u
    where o.slug = usage_overview.slug or usage_overview.slug is null order by o.slug, u.metric
$$;
comment on function private.usage_overview(text) is
'For operators: use and limit of each metric of one tenant, by its key, or of all (columns as private.usage_of)';

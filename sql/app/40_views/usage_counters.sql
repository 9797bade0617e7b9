create or replace view public.usage_counters with (security_invoker = true) as
select
    u.organization_id,
    u.metric,
    u.current_count,
    u.limit_value,
    u.threshold,
    u.updated_at
from private.own_usage() as u;
comment on view public.usage_counters is 'Current use of each limited metric, kept by statement-level triggers';
comment on column public.usage_counters.organization_id is 'Organization that owns the row';
comment on column public.usage_counters.metric is 'users, components or storage_bytes';
comment on column public.usage_counters.current_count is 'Rows counted now; bytes for storage_bytes';
comment on column public.usage_counters.limit_value is 'The organization''s limit of the metric; null is unlimited';
comment on column public.usage_counters.threshold is
'Highest threshold reported (80, 90 or 100 per cent of the limit) and not left by more than 5 points since; 0 is none';
comment on column public.usage_counters.updated_at is 'When the count last changed';
revoke all on public.usage_counters from anon, authenticated, platform_admin;
grant select on public.usage_counters to authenticated;
create or replace trigger _200_refuse_usage_change instead of insert or update or delete on public.usage_counters
for each row execute function private.refuse_usage_change();

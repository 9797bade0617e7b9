create or replace view private.usage_sums with (security_invoker = true) as
select
    c.organization_id,
    c.metric,
    greatest(0, sum(c.current_count))::bigint as current_count,
    max(c.limit_value) as limit_value,
    max(c.threshold) as threshold,
    max(c.updated_at) as updated_at
from private.usage_counters as c
group by c.organization_id, c.metric;
comment on view private.usage_sums is 'What is used of each limited metric: a counter and its shares, as of one moment';
comment on column private.usage_sums.organization_id is 'Organization that owns the row';
comment on column private.usage_sums.metric is 'users, components or storage_bytes';
comment on column private.usage_sums.current_count is 'Rows counted now; bytes for storage_bytes';
comment on column private.usage_sums.limit_value is 'The organization''s limit of the metric; null is unlimited';
comment on column private.usage_sums.threshold is 'As in private.usage_counters';
comment on column private.usage_sums.updated_at is 'When the count last changed';
revoke all on private.usage_sums from anon, authenticated, platform_admin;

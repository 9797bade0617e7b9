-- Usage: thresholds of limits, counters that can be mended, plans that change, metered API calls. The tables concerned are
-- small, or the column is added with a constant.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid, disallowed-unique-constraint
-- squawk-ignore-file adding-field-with-default, ban-set-schema, adding-serial-primary-key-field

-- What is served is a view from here on: it adds up rows that clients have no rights on.
drop policy if exists tenant_isolation on public.usage_counters;
drop policy if exists select_member on public.usage_counters;
revoke all on public.usage_counters from anon, authenticated, platform_admin;
alter table public.usage_counters set schema private;
alter table private.usage_counters add column number integer not null default 0,
add column reserved_count bigint not null default 0,
add column limit_value bigint,
add column threshold integer not null default 0,
drop constraint usage_counters_pkey,
add constraint usage_counters_pkey primary key (organization_id, metric, number),
add constraint usage_counters_number_check check (number between 0 and 32),
drop constraint usage_counters_current_count_check,
add constraint usage_counters_current_count_check check (
    case when number > 0 then current_count <= reserved_count else current_count >= 0 or reserved_count > 0 end
),
add constraint usage_counters_threshold_check check (threshold in (0, 80, 90, 100));
update private.usage_counters as c set limit_value = case c.metric
    when 'users' then o.max_users when 'components' then o.max_components else o.max_storage_gb * 1000000000::bigint end
from public.organizations as o where o.id = c.organization_id;
comment on table private.usage_counters is
'Current use of each limited metric, kept by statement-level triggers. Row 0 is the counter, whose lock decides. One
that was waited for far below the first threshold has shares, to count in at once; private.usage_sums adds them up';
comment on column private.usage_counters.number is '0 is the counter; others are its shares';
comment on column private.usage_counters.current_count is
'Rows counted here; bytes for storage_bytes. Negative where other rows counted what was taken away here';
comment on column private.usage_counters.reserved_count is
'Of a share: what it may count at most. Of the counter: what all may, 0 without any; set with the counter locked';
comment on column private.usage_counters.limit_value is
'The organization''s limit of the metric, kept with the counter locked; null is unlimited, and of a share';
comment on column private.usage_counters.threshold is
'Highest threshold reported (80, 90 or 100 per cent of the limit) and not left by more than 5 points since; 0 is none';

alter table public.organizations add column plan_version bigint not null default 0;
comment on column public.organizations.plan_version is
'Which of the control plane''s statements about plan, limits and features holds: a later one has a higher number';

alter table public.alerts add column metric text,
drop constraint alerts_type_check,
add constraint alerts_type_check
check (type in ('component-eol', 'price-change', 'supply-risk', 'bom-enriched', 'usage-threshold')),
add constraint alerts_metric_check check (metric in ('users', 'components', 'storage_bytes')),
drop constraint alerts_subject_key,
add constraint alerts_subject_key unique nulls not distinct (organization_id, type, component_id, bom_id, metric);
comment on table public.alerts is 'Warnings about parts in an organization''s BOMs, and about limits of its plan';
comment on column public.alerts.type is 'component-eol, price-change, supply-risk, bom-enriched or usage-threshold';
comment on column public.alerts.metric is 'Limited metric concerned (usage-threshold)';

create table private.usage_drifts (
    id bigint not null generated always as identity,
    organization_id uuid not null,
    metric text not null,
    recorded_count bigint not null,
    counted_count bigint not null,
    found_at timestamptz not null default now(),
    constraint usage_drifts_pkey primary key (id),
    constraint usage_drifts_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade
);
comment on table private.usage_drifts is
'Usage counters that were found to differ from what they count, and were mended: each is a fault of ours to look into';
comment on column private.usage_drifts.id is 'Identifier';
comment on column private.usage_drifts.organization_id is 'Organization concerned';
comment on column private.usage_drifts.metric is 'Metric of the counter';
comment on column private.usage_drifts.recorded_count is 'What the counter said';
comment on column private.usage_drifts.counted_count is 'What was counted, and stands in the counter since';
comment on column private.usage_drifts.found_at is 'When it was found and mended';

create index usage_drifts_organization_id_idx on private.usage_drifts (organization_id);

alter table public.organizations add column max_api_calls integer,
add column max_api_calls_per_minute integer,
add constraint organizations_max_api_calls_check check (max_api_calls >= 0),
add constraint organizations_max_api_calls_per_minute_check check (max_api_calls_per_minute > 0);
comment on column public.organizations.max_api_calls is
'Successful API calls in a calendar month (UTC); null is unlimited';
comment on column public.organizations.max_api_calls_per_minute is
'Successful API calls a minute, held to over 15 seconds; null is unlimited';

create table private.usage_events (
    id bigint not null generated always as identity,
    organization_id uuid not null,
    metric text not null,
    quantity bigint not null,
    source_id uuid not null,
    occurred_at timestamptz not null,
    created_at timestamptz not null default now(),
    constraint usage_events_pkey primary key (id),
    constraint usage_events_organization_id_source_id_metric_key unique (organization_id, source_id, metric),
    constraint usage_events_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint usage_events_metric_check check (metric in ('api_calls', 'boms_processed')),
    constraint usage_events_quantity_check check (quantity >= 0)
);
comment on table private.usage_events is
'What is metered, as it happened: append-only, rolled up in usage_totals by the same statement; removed after
private.usage_event_window';
comment on column private.usage_events.id is 'Identifier';
comment on column private.usage_events.organization_id is 'Organization that owns the row';
comment on column private.usage_events.metric is 'api_calls or boms_processed';
comment on column private.usage_events.quantity is 'How many; 0 is a batch of failed calls';
comment on column private.usage_events.source_id is
'What it was reported by, such as a batch: the same is counted once';
comment on column private.usage_events.occurred_at is 'When it happened; the month it counts in';
comment on column private.usage_events.created_at is 'When it was recorded';

create table public.usage_totals (
    organization_id uuid not null,
    metric text not null,
    period_start timestamptz not null,
    quantity bigint not null,
    updated_at timestamptz not null default now(),
    constraint usage_totals_pkey primary key (organization_id, metric, period_start),
    constraint usage_totals_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint usage_totals_metric_check check (metric in ('api_calls', 'boms_processed')),
    constraint usage_totals_quantity_check check (quantity >= 0)
);
comment on table public.usage_totals is 'What is metered, by calendar month (UTC): the roll-up of private.usage_events';
comment on column public.usage_totals.organization_id is 'Organization that owns the row';
comment on column public.usage_totals.metric is 'api_calls or boms_processed';
comment on column public.usage_totals.period_start is 'Start of the month (UTC)';
comment on column public.usage_totals.quantity is 'Sum of the month so far';
comment on column public.usage_totals.updated_at is 'When the row last changed';

create table private.api_rates (
    organization_id uuid not null,
    level double precision not null,
    measured_at timestamptz not null,
    throttled_until timestamptz,
    reason text,
    constraint api_rates_pkey primary key (organization_id),
    constraint api_rates_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint api_rates_reason_check check (reason in ('rate', 'quota'))
);
comment on table private.api_rates is
'How fast an organization calls the API, as a bucket that drains at its plan''s rate';
comment on column private.api_rates.organization_id is 'Organization';
comment on column private.api_rates.level is 'Calls in the bucket when it was measured';
comment on column private.api_rates.measured_at is 'When it was measured';
comment on column private.api_rates.throttled_until is
'Until when its requests are refused (429); null or past: they are not';
comment on column private.api_rates.reason is 'rate: too many at once. quota: the month''s calls are used up';

select pgmq.create('webhooks');
select pgmq.enable_notify_insert('webhooks', 100);

-- PL/pgSQL, since a function in SQL that sets its search_path is planned anew at each call: every policy asks these.
create or replace function private.current_organization_id() returns uuid
language plpgsql stable parallel safe set search_path = '' as $$
begin
    return nullif(nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'organization_id', '')::uuid;
end
$$;

create or replace function private.current_tenant_id() returns uuid
language plpgsql stable parallel safe set search_path = '' as $$
begin
    return nullif(nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'tenantId', '')::uuid;
end
$$;

create table public.usage_counters (
    organization_id uuid not null,
    metric text not null,
    current_count bigint not null,
    limit_value bigint,
    threshold integer not null default 0,
    updated_at timestamptz not null default now(),
    constraint usage_counters_pkey primary key (organization_id, metric),
    constraint usage_counters_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint usage_counters_metric_check check (metric in ('users', 'components', 'storage_bytes')),
    constraint usage_counters_current_count_check check (current_count >= 0),
    constraint usage_counters_threshold_check check (threshold in (0, 80, 90, 100))
);
comment on table public.usage_counters is 'Current use of each limited metric, kept by statement-level triggers';
comment on column public.usage_counters.organization_id is 'Organization that owns the row';
comment on column public.usage_counters.metric is 'users, components or storage_bytes';
comment on column public.usage_counters.current_count is 'Rows counted now; bytes for storage_bytes';
comment on column public.usage_counters.limit_value is
'The organization''s limit of the metric, kept here with the counter locked; null is unlimited';
comment on column public.usage_counters.threshold is
'Highest threshold reported (80, 90 or 100 per cent of the limit) and not left by more than 5 points since; 0 is none';
comment on column public.usage_counters.updated_at is 'When the row last changed';

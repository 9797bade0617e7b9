create table private.usage_counters (
    organization_id uuid not null,
    metric text not null,
    number integer not null default 0,
    current_count bigint not null,
    reserved_count bigint not null default 0,
    limit_value bigint,
    threshold integer not null default 0,
    updated_at timestamptz not null default now(),
    constraint usage_counters_pkey primary key (organization_id, metric, number),
    constraint usage_counters_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint usage_counters_metric_check check (metric in ('users', 'components', 'storage_bytes')),
    constraint usage_counters_number_check check (number between 0 and 32),
    constraint usage_counters_current_count_check check (
        case when number > 0 then current_count <= reserved_count else current_count >= 0 or reserved_count > 0 end
    ),
    constraint usage_counters_threshold_check check (threshold in (0, 80, 90, 100))
);
comment on table private.usage_counters is
'Current use of each limited metric, kept by statement-level triggers. Row 0 is the counter, whose lock decides. One
that was waited for far below the first threshold has shares, to count in at once; private.usage_sums adds them up';
comment on column private.usage_counters.organization_id is 'Organization that owns the row';
comment on column private.usage_counters.metric is 'users, components or storage_bytes';
comment on column private.usage_counters.number is '0 is the counter; others are its shares';
comment on column private.usage_counters.current_count is
'Rows counted here; bytes for storage_bytes. Negative where other rows counted what was taken away here';
comment on column private.usage_counters.reserved_count is
'Of a share: what it may count at most. Of the counter: what all may, 0 without any; set with the counter locked';
comment on column private.usage_counters.limit_value is
'The organization''s limit of the metric, kept with the counter locked; null is unlimited, and of a share';
comment on column private.usage_counters.threshold is
'Highest threshold reported (80, 90 or 100 per cent of the limit) and not left by more than 5 points since; 0 is none';
comment on column private.usage_counters.updated_at is 'When the row last changed';

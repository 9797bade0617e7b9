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

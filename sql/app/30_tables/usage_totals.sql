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

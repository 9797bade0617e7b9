create table public.alerts (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    type text not null,
    severity text not null default 'warning',
    component_id uuid,
    bom_id uuid,
    metric text,
    title text not null,
    details jsonb not null default '{}'::jsonb,
    status text not null default 'open',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint alerts_pkey primary key (id),
    constraint alerts_organization_id_id_key unique (organization_id, id),
    constraint alerts_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint alerts_component_id_fkey foreign key (organization_id, component_id)
    references public.components (organization_id, id) on delete cascade,
    constraint alerts_bom_id_fkey foreign key (organization_id, bom_id)
    references public.boms (organization_id, id) on delete cascade,
    constraint alerts_type_check
    check (type in ('component-eol', 'price-change', 'supply-risk', 'bom-enriched', 'usage-threshold')),
    constraint alerts_metric_check check (metric in ('users', 'components', 'storage_bytes')),
    constraint alerts_severity_check check (severity in ('info', 'warning', 'critical')),
    constraint alerts_status_check check (status in ('open', 'acknowledged', 'resolved')),
    constraint alerts_subject_key unique nulls not distinct (organization_id, type, component_id, bom_id, metric)
);
comment on table public.alerts is 'Warnings about parts in an organization''s BOMs, and about limits of its plan';
comment on column public.alerts.id is 'Identifier';
comment on column public.alerts.organization_id is 'Organization that owns the row';
comment on column public.alerts.type is 'component-eol, price-change, supply-risk, bom-enriched or usage-threshold';
comment on column public.alerts.severity is 'info, warning or critical';
comment on column public.alerts.component_id is 'Component concerned';
comment on column public.alerts.bom_id is 'BOM concerned';
comment on column public.alerts.metric is 'Limited metric concerned (usage-threshold)';
comment on column public.alerts.title is 'One line for a person';
comment on column public.alerts.details is 'Facts behind it';
comment on column public.alerts.status is 'open, acknowledged or resolved';
comment on column public.alerts.created_at is 'When the row was made';
comment on column public.alerts.updated_at is 'When the row last changed';

create index alerts_bom_id_idx on public.alerts (organization_id, bom_id);
create index alerts_component_id_idx on public.alerts (organization_id, component_id);

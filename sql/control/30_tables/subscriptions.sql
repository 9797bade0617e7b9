create table tenant_management.subscriptions (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    plan_id text not null,
    status text not null default 'pending',
    version bigint not null default 0,
    current_period_start timestamptz,
    current_period_end timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint subscriptions_pkey primary key (id),
    constraint subscriptions_tenant_id_id_key unique (tenant_id, id),
    constraint subscriptions_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint subscriptions_plan_id_fkey foreign key (plan_id)
    references tenant_management.plans (id) on delete restrict,
    constraint subscriptions_status_check check (status in ('pending', 'active', 'cancelled', 'expired')),
    constraint subscriptions_period_check check (current_period_start < current_period_end)
);
comment on table tenant_management.subscriptions is 'Which plan a tenant has, and when';
comment on column tenant_management.subscriptions.id is 'Identifier';
comment on column tenant_management.subscriptions.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.subscriptions.plan_id is 'Plan';
comment on column tenant_management.subscriptions.status is 'pending, active, cancelled or expired';
comment on column tenant_management.subscriptions.version is
'Higher with every change of plan, status, or of the plan''s own limits and features: what the app plane is told carries
it, so that an older event never overrules a newer one';
comment on column tenant_management.subscriptions.current_period_start is 'Start of the paid period';
comment on column tenant_management.subscriptions.current_period_end is 'End of the paid period, exclusive';
comment on column tenant_management.subscriptions.created_at is 'When the row was made';
comment on column tenant_management.subscriptions.updated_at is 'When the row last changed';

create unique index subscriptions_current_idx on tenant_management.subscriptions (tenant_id) where status in (
    'pending', 'active'
);
create index subscriptions_plan_id_idx on tenant_management.subscriptions (plan_id);

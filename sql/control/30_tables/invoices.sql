create table tenant_management.invoices (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    subscription_id uuid not null,
    number text not null,
    amount_minor bigint not null,
    currency text not null,
    period_start timestamptz not null,
    period_end timestamptz not null,
    status text not null default 'pending',
    due_at timestamptz not null,
    paid_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint invoices_pkey primary key (id),
    constraint invoices_tenant_id_id_key unique (tenant_id, id),
    constraint invoices_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint invoices_number_key unique (number),
    constraint invoices_period_key unique (subscription_id, period_start),
    constraint invoices_subscription_id_fkey foreign key (tenant_id, subscription_id)
    references tenant_management.subscriptions (tenant_id, id) on delete restrict,
    constraint invoices_amount_minor_check check (amount_minor >= 0),
    constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint invoices_status_check check (status in ('pending', 'paid', 'cancelled')),
    constraint invoices_period_check check (period_start < period_end)
);
comment on table tenant_management.invoices is 'Bills of a subscription''s period';
comment on column tenant_management.invoices.id is 'Identifier';
comment on column tenant_management.invoices.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.invoices.subscription_id is 'Subscription billed';
comment on column tenant_management.invoices.number is 'Number on the invoice';
comment on column tenant_management.invoices.amount_minor is 'Amount in minor units';
comment on column tenant_management.invoices.currency is 'ISO 4217 code';
comment on column tenant_management.invoices.period_start is 'Start of the period billed';
comment on column tenant_management.invoices.period_end is 'End of the period billed, exclusive';
comment on column tenant_management.invoices.status is 'pending, paid or cancelled';
comment on column tenant_management.invoices.due_at is 'When it must be paid';
comment on column tenant_management.invoices.paid_at is 'When it was paid';
comment on column tenant_management.invoices.created_at is 'When the row was made';
comment on column tenant_management.invoices.updated_at is 'When the row last changed';

create index invoices_tenant_id_subscription_id_idx on tenant_management.invoices (tenant_id, subscription_id);

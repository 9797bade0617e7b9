create table tenant_management.plans (
    id text not null,
    name text not null,
    description text,
    rank integer not null,
    price_minor bigint not null,
    currency text not null default 'USD',
    billing_cycle text not null default 'monthly',
    is_public boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint plans_pkey primary key (id),
    constraint plans_rank_key unique (rank),
    constraint plans_id_check check (id ~ '^plan-[a-z0-9-]+$'),
    constraint plans_price_minor_check check (price_minor >= 0),
    constraint plans_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint plans_billing_cycle_check check (billing_cycle in ('monthly', 'yearly'))
);
comment on table tenant_management.plans is 'What tenants can subscribe to';
comment on column tenant_management.plans.id is 'Plan id, such as plan-basic';
comment on column tenant_management.plans.name is 'Display name';
comment on column tenant_management.plans.description is 'One sentence for the price page';
comment on column tenant_management.plans.rank is 'Order of the plans: a higher rank is an upgrade';
comment on column tenant_management.plans.price_minor is 'Price of one billing cycle in minor units';
comment on column tenant_management.plans.currency is 'ISO 4217 code';
comment on column tenant_management.plans.billing_cycle is 'monthly or yearly';
comment on column tenant_management.plans.is_public is 'Whether visitors see it and may choose it';
comment on column tenant_management.plans.created_at is 'When the row was made';
comment on column tenant_management.plans.updated_at is 'When the row last changed';

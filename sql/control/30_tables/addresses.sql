create table tenant_management.addresses (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null default private.current_tenant_id(),
    kind text not null default 'billing',
    line1 text not null,
    line2 text,
    city text not null,
    region text,
    postal_code text,
    country text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint addresses_pkey primary key (id),
    constraint addresses_tenant_id_id_key unique (tenant_id, id),
    constraint addresses_tenant_id_kind_key unique (tenant_id, kind),
    constraint addresses_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint addresses_kind_check check (kind in ('billing', 'shipping')),
    constraint addresses_country_check check (country ~ '^[A-Z]{2}$'),
    constraint addresses_line1_check check (length(line1) between 1 and 200),
    constraint addresses_city_check check (length(city) between 1 and 200),
    constraint addresses_line2_check check (length(line2) <= 200),
    constraint addresses_region_check check (length(region) <= 200),
    constraint addresses_postal_code_check check (length(postal_code) <= 200)
);
comment on table tenant_management.addresses is 'Postal addresses of a tenant, one of each kind';
comment on column tenant_management.addresses.id is 'Identifier';
comment on column tenant_management.addresses.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.addresses.kind is 'billing or shipping';
comment on column tenant_management.addresses.line1 is 'Street and number';
comment on column tenant_management.addresses.line2 is 'More of the street';
comment on column tenant_management.addresses.city is 'City';
comment on column tenant_management.addresses.region is 'State or region';
comment on column tenant_management.addresses.postal_code is 'Postal code';
comment on column tenant_management.addresses.country is 'ISO 3166-1 alpha-2 code';
comment on column tenant_management.addresses.created_at is 'When the row was made';
comment on column tenant_management.addresses.updated_at is 'When the row last changed';

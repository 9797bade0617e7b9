create table tenant_management.settings (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null default private.current_tenant_id(),
    key text not null,
    value jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint settings_pkey primary key (id),
    constraint settings_tenant_id_id_key unique (tenant_id, id),
    constraint settings_tenant_id_key_key unique (tenant_id, key),
    constraint settings_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint settings_key_check check (key ~ '^[a-z][a-z0-9_.]{0,99}$'),
    constraint settings_value_check check (pg_column_size(value) <= 65536)
);
comment on table tenant_management.settings is
'What a tenant has set; what it has not set has its default (rpc/effective_settings)';
comment on column tenant_management.settings.id is 'Identifier';
comment on column tenant_management.settings.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.settings.key is 'Name of the setting, one of private.setting_definitions';
comment on column tenant_management.settings.value is 'Its value, as the definition allows';
comment on column tenant_management.settings.created_at is 'When the row was made';
comment on column tenant_management.settings.updated_at is 'When the row last changed';

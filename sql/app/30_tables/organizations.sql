create table public.organizations (
    id uuid not null default gen_random_uuid(),
    arc_saas_tenant_id uuid not null,
    name text not null,
    slug text not null,
    plan_id text not null,
    plan_version bigint not null default 0,
    status text not null default 'active',
    max_users integer,
    max_components integer,
    max_storage_gb integer,
    max_api_calls integer,
    max_api_calls_per_minute integer,
    audit_days integer,
    provisioned_at timestamptz,
    settings jsonb not null default '{}'::jsonb,
    settings_revision integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint organizations_pkey primary key (id),
    constraint organizations_arc_saas_tenant_id_key unique (arc_saas_tenant_id),
    constraint organizations_slug_key unique (slug),
    constraint organizations_name_check check (length(name) between 1 and 200),
    constraint organizations_slug_check check (private.is_slug(slug)),
    constraint organizations_status_check check (status in ('active', 'suspended', 'deprovisioned')),
    constraint organizations_max_users_check check (max_users >= 0),
    constraint organizations_max_components_check check (max_components >= 0),
    constraint organizations_max_storage_gb_check check (max_storage_gb >= 0),
    constraint organizations_max_api_calls_check check (max_api_calls >= 0),
    constraint organizations_max_api_calls_per_minute_check check (max_api_calls_per_minute > 0),
    constraint organizations_audit_days_check check (audit_days >= 0)
);
comment on table public.organizations is 'A tenant''s workspace in the app plane';
comment on column public.organizations.id is 'Identifier';
comment on column public.organizations.arc_saas_tenant_id is 'The tenant in the control plane (its tenants.id)';
comment on column public.organizations.name is 'Display name';
comment on column public.organizations.slug is 'Tenant key: part of the portal URL';
comment on column public.organizations.plan_id is 'Plan, by its id in the control plane';
comment on column public.organizations.plan_version is
'Which of the control plane''s statements about plan, limits and features holds: a later one has a higher number';
comment on column public.organizations.status is
'active, suspended or deprovisioned; only an active organization is served';
comment on column public.organizations.max_users is 'Limit of the metric users; null is unlimited';
comment on column public.organizations.max_components is 'Limit of the metric components; null is unlimited';
comment on column public.organizations.max_storage_gb is 'Limit of stored files in gigabytes; null is unlimited';
comment on column public.organizations.max_api_calls is
'Successful API calls in a calendar month (UTC); null is unlimited';
comment on column public.organizations.max_api_calls_per_minute is
'Successful API calls a minute, held to over 15 seconds; null is unlimited';
comment on column public.organizations.audit_days is
'For how many days audit entries are kept at least; null is for ever';
comment on column public.organizations.provisioned_at is
'When the control plane confirmed the tenant (event tenant.provisioned)';
comment on column public.organizations.settings is
'What the tenant has set in the control plane: {key: value}; rpc/effective_settings adds the defaults';
comment on column public.organizations.settings_revision is 'Number of the settings held here; a lower one is older';
comment on column public.organizations.created_at is 'When the row was made';
comment on column public.organizations.updated_at is 'When the row last changed';

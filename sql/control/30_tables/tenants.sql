create table tenant_management.tenants (
    id uuid not null default gen_random_uuid(),
    key text not null,
    name text not null,
    status text not null default 'pending_provision',
    status_reason text,
    lead_id uuid,
    app_plane_id uuid not null,
    app_plane_org_id uuid,
    portal_url text,
    provisioned_at timestamptz,
    settings_revision integer not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint tenants_pkey primary key (id),
    constraint tenants_key_key unique (key),
    constraint tenants_lead_id_key unique (lead_id),
    constraint tenants_lead_id_fkey foreign key (lead_id) references tenant_management.leads (id) on delete set null,
    constraint tenants_app_plane_id_fkey foreign key (app_plane_id)
    references tenant_management.app_planes (id) on delete restrict,
    constraint tenants_key_check check (private.is_slug(key) and length(key) between 3 and 40),
    constraint tenants_name_check check (length(name) between 1 and 200),
    constraint tenants_status_check
    check (
        status in (
            'pending_provision', 'provisioning', 'active', 'provision_failed', 'suspended', 'deprovisioning', 'inactive'
        )
    )
);
comment on table tenant_management.tenants is 'Customers of the platform';
comment on column tenant_management.tenants.id is 'Identifier';
comment on column tenant_management.tenants.key is 'Short name in URLs and the realm''s name';
comment on column tenant_management.tenants.name is 'Company name';
comment on column tenant_management.tenants.status is
'pending_provision, provisioning, active, provision_failed, suspended, deprovisioning or inactive';
comment on column tenant_management.tenants.status_reason is 'Why it is in this state, for an operator';
comment on column tenant_management.tenants.lead_id is 'Lead it came from';
comment on column tenant_management.tenants.app_plane_id is 'App plane it is placed on';
comment on column tenant_management.tenants.app_plane_org_id is 'Its organization in the app plane';
comment on column tenant_management.tenants.portal_url is 'Address of its portal';
comment on column tenant_management.tenants.provisioned_at is 'When it became active';
comment on column tenant_management.tenants.settings_revision is
'Counts the changes of its settings; the app plane keeps those of the highest number';
comment on column tenant_management.tenants.created_at is 'When the row was made';
comment on column tenant_management.tenants.updated_at is 'When the row last changed';

create index tenants_app_plane_id_idx on tenant_management.tenants (app_plane_id);

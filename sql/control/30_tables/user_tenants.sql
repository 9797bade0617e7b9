create table tenant_management.user_tenants (
    user_id uuid not null,
    tenant_id uuid not null,
    role text not null,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint user_tenants_pkey primary key (tenant_id, user_id),
    constraint user_tenants_user_id_fkey foreign key (user_id)
    references tenant_management.users (id) on delete cascade,
    constraint user_tenants_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint user_tenants_role_check check (role in ('owner', 'admin', 'member', 'viewer')),
    constraint user_tenants_status_check check (status in ('active', 'deactivated'))
);
comment on table tenant_management.user_tenants is 'Which tenants a person administers, and as what';
comment on column tenant_management.user_tenants.user_id is 'The user';
comment on column tenant_management.user_tenants.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.user_tenants.role is 'owner, admin, member or viewer';
comment on column tenant_management.user_tenants.status is 'active or deactivated';
comment on column tenant_management.user_tenants.created_at is 'When the row was made';
comment on column tenant_management.user_tenants.updated_at is 'When the row last changed';

create index user_tenants_user_id_idx on tenant_management.user_tenants (user_id);

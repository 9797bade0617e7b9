create table tenant_management.app_planes (
    id uuid not null default gen_random_uuid(),
    name text not null,
    base_url text not null,
    portal_url text not null,
    region text not null default 'default',
    capacity integer not null default 1000,
    placement text not null default 'pooled',
    is_open boolean not null default true,
    created_at timestamptz not null default now(),
    constraint app_planes_pkey primary key (id),
    constraint app_planes_name_key unique (name),
    constraint app_planes_capacity_check check (capacity >= 0),
    constraint app_planes_placement_check check (placement in ('pooled', 'dedicated'))
);
comment on table tenant_management.app_planes is 'App-plane instances a tenant can be placed on';
comment on column tenant_management.app_planes.id is 'Identifier';
comment on column tenant_management.app_planes.name is 'Name for operators';
comment on column tenant_management.app_planes.base_url is 'Address of its edge API, inside';
comment on column tenant_management.app_planes.portal_url is
'Address of its portal, outside; the tenant key is appended';
comment on column tenant_management.app_planes.region is 'Region';
comment on column tenant_management.app_planes.capacity is 'Tenants it may hold';
comment on column tenant_management.app_planes.placement is 'pooled or dedicated';
comment on column tenant_management.app_planes.is_open is 'Whether new tenants are placed on it';
comment on column tenant_management.app_planes.created_at is 'When the row was made';

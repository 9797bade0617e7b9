create table tenant_management.contacts (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null default private.current_tenant_id(),
    first_name text not null,
    last_name text not null,
    email extensions.citext not null,
    is_primary boolean not null default false,
    type text not null default 'general',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint contacts_pkey primary key (id),
    constraint contacts_tenant_id_id_key unique (tenant_id, id),
    constraint contacts_tenant_id_email_type_key unique (tenant_id, email, type),
    constraint contacts_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint contacts_email_check
    check (length(email) <= 254 and email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'),
    constraint contacts_type_check check (type in ('general', 'billing', 'technical')),
    constraint contacts_first_name_check check (length(first_name) between 1 and 200),
    constraint contacts_last_name_check check (length(last_name) between 1 and 200)
);
comment on table tenant_management.contacts is 'People to talk to at a tenant';
comment on column tenant_management.contacts.id is 'Identifier';
comment on column tenant_management.contacts.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.contacts.first_name is 'Given name';
comment on column tenant_management.contacts.last_name is 'Family name';
comment on column tenant_management.contacts.email is 'Mail address; one person may be a contact of several types';
comment on column tenant_management.contacts.is_primary is 'The first one to ask';
comment on column tenant_management.contacts.type is 'general, billing or technical';
comment on column tenant_management.contacts.created_at is 'When the row was made';
comment on column tenant_management.contacts.updated_at is 'When the row last changed';

create unique index contacts_primary_idx on tenant_management.contacts (tenant_id) where is_primary;

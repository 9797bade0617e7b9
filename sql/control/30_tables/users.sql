create table tenant_management.users (
    id uuid not null default gen_random_uuid(),
    email extensions.citext not null,
    first_name text not null,
    last_name text not null,
    is_platform_admin boolean not null default false,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_pkey primary key (id),
    constraint users_email_key unique (email),
    constraint users_email_check
    check (length(email) <= 254 and email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'),
    constraint users_status_check check (status in ('active', 'deactivated'))
);
comment on table tenant_management.users is 'People who use the control plane: operators and tenant admins';
comment on column tenant_management.users.id is 'Identifier';
comment on column tenant_management.users.email is 'Address';
comment on column tenant_management.users.first_name is 'Given name';
comment on column tenant_management.users.last_name is 'Family name';
comment on column tenant_management.users.is_platform_admin is
'Operator of the platform; decided here and nowhere else';
comment on column tenant_management.users.status is 'active or deactivated; a deactivated user is refused at once';
comment on column tenant_management.users.created_at is 'When the row was made';
comment on column tenant_management.users.updated_at is 'When the row last changed';

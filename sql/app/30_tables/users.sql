create table public.users (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    email extensions.citext not null,
    first_name text,
    last_name text,
    role text not null default 'member',
    status text not null default 'active',
    joined_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_pkey primary key (id),
    constraint users_organization_id_id_key unique (organization_id, id),
    constraint users_organization_id_email_key unique (organization_id, email),
    constraint users_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint users_first_name_check check (length(first_name) <= 100 and private.is_person_name(first_name)),
    constraint users_last_name_check check (length(last_name) <= 100 and private.is_person_name(last_name)),
    constraint users_role_check check (role in ('owner', 'admin', 'member', 'viewer')),
    constraint users_status_check check (status in ('active', 'deactivated')),
    constraint users_email_check
    check (length(email) <= 254 and email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$')
);
comment on table public.users is 'People of an organization; the truth for their role';
comment on column public.users.id is 'Identifier';
comment on column public.users.organization_id is 'Organization that owns the row';
comment on column public.users.email is 'Address, unique in the organization';
comment on column public.users.first_name is 'Given name';
comment on column public.users.last_name is 'Family name';
comment on column public.users.role is 'owner, admin, member or viewer';
comment on column public.users.status is
'active or deactivated; a deactivated user is refused at once and is not counted';
comment on column public.users.joined_at is
'When the member first signed in; null is invited, which takes a seat as well';
comment on column public.users.created_at is 'When the row was made';
comment on column public.users.updated_at is 'When the row last changed';

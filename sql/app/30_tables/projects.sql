create table public.projects (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    name text not null,
    description text,
    is_default boolean not null default false,
    is_private boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint projects_pkey primary key (id),
    constraint projects_organization_id_id_key unique (organization_id, id),
    constraint projects_organization_id_name_key unique (organization_id, name),
    constraint projects_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint projects_name_check check (length(name) between 1 and 200),
    constraint projects_description_check check (length(description) <= 4000),
    constraint projects_is_private_check check (not (is_private and is_default))
);
comment on table public.projects is 'Groups of BOMs';
comment on column public.projects.id is 'Identifier';
comment on column public.projects.organization_id is 'Organization that owns the row';
comment on column public.projects.name is 'Name, unique in the organization';
comment on column public.projects.description is 'What the project is about';
comment on column public.projects.is_default is 'The project of BOMs uploaded without one';
comment on column public.projects.is_private is
'Whether only its members (project_members), admins and owners see it and its BOMs; the default project is open to all';
comment on column public.projects.created_at is 'When the row was made';
comment on column public.projects.updated_at is 'When the row last changed';

create unique index projects_default_idx on public.projects (organization_id) where is_default;
create index projects_private_idx on public.projects (organization_id) where is_private;

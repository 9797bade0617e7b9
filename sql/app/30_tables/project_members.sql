create table public.project_members (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    project_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null default now(),
    constraint project_members_pkey primary key (id),
    constraint project_members_organization_id_id_key unique (organization_id, id),
    constraint project_members_project_id_user_id_key unique (organization_id, project_id, user_id),
    constraint project_members_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint project_members_project_id_fkey foreign key (organization_id, project_id)
    references public.projects (organization_id, id) on delete cascade,
    constraint project_members_user_id_fkey foreign key (organization_id, user_id)
    references public.users (organization_id, id) on delete cascade
);
comment on table public.project_members is
'Who works on a project; a private project is seen by these and by those who administer the organization';
comment on column public.project_members.id is 'Identifier';
comment on column public.project_members.organization_id is 'Organization that owns the row';
comment on column public.project_members.project_id is 'The project';
comment on column public.project_members.user_id is 'The user';
comment on column public.project_members.created_at is 'When the row was made';

create index project_members_user_id_idx on public.project_members (organization_id, user_id);

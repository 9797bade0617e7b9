create table public.mentions (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    bom_id uuid not null,
    bom_line_comment_id uuid not null,
    user_id uuid not null,
    read_at timestamptz,
    created_at timestamptz not null default now(),
    constraint mentions_pkey primary key (id),
    constraint mentions_organization_id_id_key unique (organization_id, id),
    constraint mentions_bom_line_comment_id_user_id_key
    unique (organization_id, bom_line_comment_id, bom_id, user_id),
    constraint mentions_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint mentions_bom_line_comment_id_fkey foreign key (organization_id, bom_line_comment_id, bom_id)
    references public.bom_line_comments (organization_id, id, bom_id) on delete cascade,
    constraint mentions_user_id_fkey foreign key (organization_id, user_id)
    references public.users (organization_id, id) on delete cascade
);
comment on table public.mentions is
'Members that a comment names: the notification in the application; a mail is sent beside it';
comment on column public.mentions.id is 'Identifier';
comment on column public.mentions.organization_id is 'Organization that owns the row';
comment on column public.mentions.bom_id is 'BOM of the comment, for the policies';
comment on column public.mentions.bom_line_comment_id is 'The comment';
comment on column public.mentions.user_id is 'Who is mentioned';
comment on column public.mentions.read_at is 'When the member said that it is read (rpc/read_mention); null until then';
comment on column public.mentions.created_at is 'When the row was made';

create index mentions_user_id_idx on public.mentions (organization_id, user_id, created_at);

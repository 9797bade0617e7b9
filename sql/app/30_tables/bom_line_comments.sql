create table public.bom_line_comments (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    bom_id uuid not null,
    bom_line_item_id uuid not null,
    author_id uuid,
    body text not null,
    edited_at timestamptz,
    created_at timestamptz not null default now(),
    constraint bom_line_comments_pkey primary key (id),
    constraint bom_line_comments_bom_id_id_key unique (organization_id, bom_id, id),
    constraint bom_line_comments_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint bom_line_comments_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id, bom_id)
    references public.bom_line_items (organization_id, id, bom_id) on delete cascade,
    constraint bom_line_comments_author_id_fkey foreign key (organization_id, author_id)
    references public.users (organization_id, id) on delete set null (author_id),
    constraint bom_line_comments_body_check check (length(body) between 1 and 4000)
);
comment on table public.bom_line_comments is
'What members say about a line of a BOM; gone with the line, so also when the file is imported again';
comment on column public.bom_line_comments.id is 'Identifier';
comment on column public.bom_line_comments.organization_id is 'Organization that owns the row';
comment on column public.bom_line_comments.bom_id is
'BOM of the line, for the policies; found by the line (private.stamp_comment)';
comment on column public.bom_line_comments.bom_line_item_id is 'The line';
comment on column public.bom_line_comments.author_id is
'Who wrote it, and alone may edit it; null when the user is gone';
comment on column public.bom_line_comments.body is
'Text, 1 to 4,000 characters; @name or @name@company.example mentions a member';
comment on column public.bom_line_comments.edited_at is 'When its text last changed (rpc/edit_comment); null if never';
comment on column public.bom_line_comments.created_at is 'When the row was made';

create index bom_line_comments_bom_line_item_id_idx
on public.bom_line_comments (organization_id, bom_line_item_id, bom_id);
create index bom_line_comments_author_id_idx on public.bom_line_comments (organization_id, author_id);

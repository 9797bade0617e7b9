create table public.column_mappings (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    header_shape text not null,
    columns jsonb not null,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint column_mappings_pkey primary key (id),
    constraint column_mappings_organization_id_id_key unique (organization_id, id),
    constraint column_mappings_organization_id_header_shape_key unique (organization_id, header_shape),
    constraint column_mappings_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint column_mappings_created_by_fkey foreign key (organization_id, created_by)
    references public.users (organization_id, id) on delete set null (created_by),
    constraint column_mappings_header_shape_check check (header_shape ~ '^[0-9a-f]{64}$')
);
comment on table public.column_mappings is
'Column mappings people gave, by header shape; the next file of that shape is read with them';
comment on column public.column_mappings.id is 'Identifier';
comment on column public.column_mappings.organization_id is 'Organization that owns the row';
comment on column public.column_mappings.header_shape is 'SHA-256 over the header texts, lower-case hexadecimal';
comment on column public.column_mappings.columns is
'Field to its columns, the one that counts first first, each a header text or a number from 1';
comment on column public.column_mappings.created_by is 'Who gave it last';
comment on column public.column_mappings.created_at is 'When the row was made';
comment on column public.column_mappings.updated_at is 'When the row last changed';

create index column_mappings_organization_id_created_by_idx on public.column_mappings (organization_id, created_by);

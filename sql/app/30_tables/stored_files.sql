create table public.stored_files (
    organization_id uuid not null,
    sha256 text not null,
    size_bytes bigint not null,
    created_at timestamptz not null default now(),
    constraint stored_files_pkey primary key (organization_id, sha256),
    constraint stored_files_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint stored_files_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
    constraint stored_files_size_bytes_check check (size_bytes >= 0)
);
comment on table public.stored_files is
'Files of an organization, each content once; counted by the limit maxStorageGb';
comment on column public.stored_files.organization_id is 'Organization that owns the row';
comment on column public.stored_files.sha256 is 'SHA-256 of the content, lower-case hexadecimal';
comment on column public.stored_files.size_bytes is 'Size in bytes';
comment on column public.stored_files.created_at is 'When the row was made';

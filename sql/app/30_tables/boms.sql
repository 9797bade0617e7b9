create table public.boms (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    project_id uuid not null,
    name text not null,
    status text not null default 'uploaded',
    file_name text not null,
    file_sha256 text not null,
    file_size bigint not null,
    line_count integer not null default 0,
    processed_line_count integer not null default 0,
    matched_line_count integer not null default 0,
    warning_count integer not null default 0,
    error_count integer not null default 0,
    series_id uuid not null default gen_random_uuid(),
    revision integer not null default 1,
    import_run integer not null default 1,
    has_review boolean not null default false,
    mapping jsonb,
    suggested_at timestamptz,
    parse_result jsonb,
    error jsonb,
    correlation_id text,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint boms_pkey primary key (id),
    constraint boms_organization_id_id_key unique (organization_id, id),
    constraint boms_organization_id_series_id_revision_key unique (organization_id, series_id, revision),
    constraint boms_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint boms_file_sha256_fkey foreign key (organization_id, file_sha256)
    references public.stored_files (organization_id, sha256) on delete restrict,
    constraint boms_project_id_fkey foreign key (organization_id, project_id)
    references public.projects (organization_id, id) on delete restrict,
    constraint boms_created_by_fkey foreign key (organization_id, created_by)
    references public.users (organization_id, id) on delete set null (created_by),
    constraint boms_status_check
    check (status in ('uploaded', 'parsing', 'in_review', 'parsed', 'matching', 'ready', 'failed')),
    constraint boms_name_check check (length(name) between 1 and 200)
);
comment on table public.boms is 'Bills of materials: an uploaded file and what became of it';
comment on column public.boms.id is 'Identifier';
comment on column public.boms.organization_id is 'Organization that owns the row';
comment on column public.boms.project_id is 'Project it belongs to';
comment on column public.boms.name is 'Display name';
comment on column public.boms.status is
'uploaded, parsing, in_review (lines wait for a person), parsed, matching, ready or failed';
comment on column public.boms.file_name is 'Name the file was uploaded under; never used as a path';
comment on column public.boms.file_sha256 is 'Content of the stored original, lower-case hexadecimal';
comment on column public.boms.file_size is 'Size of the original in bytes';
comment on column public.boms.line_count is 'Lines understood in the file';
comment on column public.boms.processed_line_count is 'Lines matched so far';
comment on column public.boms.matched_line_count is 'Lines with a match';
comment on column public.boms.warning_count is 'Warnings on its lines';
comment on column public.boms.error_count is 'Warnings of severity error on its lines';
comment on column public.boms.series_id is 'The same for all revisions of one BOM';
comment on column public.boms.revision is 'Revision in its series, from 1; the highest is the present one';
comment on column public.boms.import_run is 'Number of the present import; what an earlier one still does is ignored';
comment on column public.boms.has_review is
'Whether parsed lines wait for a person (rpc/commit_bom) before they are matched';
comment on column public.boms.mapping is
'Mapping a person gave: sheet, header_row, columns {field: [header text or column number]}, remember';
comment on column public.boms.suggested_at is 'When suggestions for its unmatched lines were complete';
comment on column public.boms.parse_result is
'How the file was read: format, encoding, delimiter, sheet, sheets, header_row, header_shape, columns (each with
number, name, field, priority, confidence, samples, alternatives), mapping_source (proposed, remembered or given),
alternate_count, warnings';
comment on column public.boms.error is
'Why it failed: code, message, details, hint, and a preview of a file without a header';
comment on column public.boms.correlation_id is 'Correlation id of the upload';
comment on column public.boms.created_by is 'User who uploaded it';
comment on column public.boms.created_at is 'When the row was made';
comment on column public.boms.updated_at is 'When the row last changed';

create index boms_organization_id_project_id_idx on public.boms (organization_id, project_id);
create index boms_organization_id_created_by_idx on public.boms (organization_id, created_by);
create index boms_organization_id_file_sha256_idx on public.boms (organization_id, file_sha256);

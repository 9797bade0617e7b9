-- BOM import, whole: stored files counted, revisions and reviews of BOMs, multi-level lines, alternatives, suggestions,
-- remembered picks and mappings. The tables it changes are new or hold no more than the first customers' BOMs. What it
-- drops has its successor here or among the functions; workers are stopped meanwhile, or their messages wait.
-- squawk-ignore-file require-concurrent-index-creation, constraint-missing-not-valid, adding-foreign-key-constraint
-- squawk-ignore-file adding-field-with-default, ban-drop-column, ban-drop-constraint, ban-drop-function
-- squawk-ignore-file disallowed-unique-constraint

-- PostgREST calls the aggregate of an exposed schema that gives this type when a client asks for CSV.
create domain private."text/csv" as text;  -- noqa: RF05
comment on domain private."text/csv" is 'An answer in the media type text/csv';  -- noqa: RF05

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

insert into public.stored_files (organization_id, sha256, size_bytes)
select b.organization_id, b.file_sha256, max(b.file_size) from public.boms as b
group by b.organization_id, b.file_sha256;

alter table public.usage_counters drop constraint usage_counters_metric_check;
alter table public.usage_counters add constraint usage_counters_metric_check
check (metric in ('users', 'components', 'storage_bytes'));
comment on column public.usage_counters.metric is 'users, components or storage_bytes';
comment on column public.usage_counters.current_count is 'Rows counted now; bytes for storage_bytes';

insert into public.usage_counters (organization_id, metric, current_count)
select f.organization_id, 'storage_bytes', sum(f.size_bytes) from public.stored_files as f
group by f.organization_id;

alter table public.boms
add column error_count integer not null default 0,
add column series_id uuid not null default gen_random_uuid(),
add column revision integer not null default 1,
add column import_run integer not null default 1,
add column has_review boolean not null default false,
add column mapping jsonb,
add column suggested_at timestamptz;
alter table public.boms drop constraint boms_status_check;
alter table public.boms drop constraint boms_file_sha256_check;
alter table public.boms add constraint boms_status_check
check (status in ('uploaded', 'parsing', 'in_review', 'parsed', 'matching', 'ready', 'failed'));
alter table public.boms
add constraint boms_organization_id_series_id_revision_key unique (organization_id, series_id, revision);
alter table public.boms add constraint boms_file_sha256_fkey foreign key (organization_id, file_sha256)
references public.stored_files (organization_id, sha256) on delete restrict;
comment on column public.boms.status is
'uploaded, parsing, in_review (lines wait for a person), parsed, matching, ready or failed';
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

alter table public.components add column source_bom_id uuid;
create index components_source_bom_id_idx on public.components (organization_id, source_bom_id);
comment on column public.components.source_bom_id is
'BOM whose import brought it in, which may be gone since; null when a person did';

create table public.bom_line_alternates (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    bom_line_item_id uuid not null,
    rank integer not null,
    row_number integer not null,
    mpn text,
    normalized_mpn text generated always as (private.normalize_mpn(mpn)) stored,
    manufacturer text,
    supplier text,
    supplier_sku text,
    catalogue_part_id uuid,
    match_method text,
    match_confidence numeric(3, 2),
    constraint bom_line_alternates_pkey primary key (id),
    constraint bom_line_alternates_organization_id_id_key unique (organization_id, id),
    constraint bom_line_alternates_bom_line_item_id_rank_key unique (organization_id, bom_line_item_id, rank),
    constraint bom_line_alternates_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint bom_line_alternates_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id)
    references public.bom_line_items (organization_id, id) on delete cascade,
    constraint bom_line_alternates_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete set null,
    constraint bom_line_alternates_match_method_check
    check (match_method in ('mpn_manufacturer', 'mpn', 'supplier_sku')),
    constraint bom_line_alternates_match_confidence_check check (match_confidence between 0 and 1)
);
comment on table public.bom_line_alternates is 'Second sources that the file gives for a line';
comment on column public.bom_line_alternates.id is 'Identifier';
comment on column public.bom_line_alternates.organization_id is 'Organization that owns the row';
comment on column public.bom_line_alternates.bom_line_item_id is 'The line it is an alternative for';
comment on column public.bom_line_alternates.rank is 'Place among the alternatives of the line, from 1';
comment on column public.bom_line_alternates.row_number is 'Row of the file, from 1';
comment on column public.bom_line_alternates.mpn is 'Manufacturer part number as understood';
comment on column public.bom_line_alternates.normalized_mpn is 'Part number as compared';
comment on column public.bom_line_alternates.manufacturer is 'Manufacturer as understood';
comment on column public.bom_line_alternates.supplier is 'Distributor of the supplier number';
comment on column public.bom_line_alternates.supplier_sku is 'Supplier number';
comment on column public.bom_line_alternates.catalogue_part_id is 'Matched or suggested catalogue part';
comment on column public.bom_line_alternates.match_method is 'mpn_manufacturer, mpn or supplier_sku';
comment on column public.bom_line_alternates.match_confidence is '0 to 1; below 0.70 it is a suggestion';

create index bom_line_alternates_catalogue_part_id_idx on public.bom_line_alternates (catalogue_part_id);

insert into public.bom_line_alternates (
    organization_id, bom_line_item_id, rank, row_number, mpn, manufacturer, supplier_sku
)
select
    l.organization_id, l.id, a.rank, l.row_number + a.rank, a.written ->> (b.parse_result #>> '{mapping,mpn}'),
    a.written ->> (b.parse_result #>> '{mapping,manufacturer}'),
    a.written ->> (b.parse_result #>> '{mapping,supplier_sku}')
from public.bom_line_items as l
inner join public.boms as b on l.organization_id = b.organization_id and l.bom_id = b.id
cross join lateral jsonb_array_elements(l.alternates) with ordinality as a (written, rank);

alter table public.bom_line_items
drop column alternates,
add column dnp_reference_designators text[] not null default '{}',
add column total_quantity numeric,
add column unit text,
add column internal_number text,
add column unit_price numeric,
add column currency text,
add column level integer not null default 0,
add column parent_position integer,
add column is_assembly boolean not null default false,
add column variants jsonb not null default '{}'::jsonb;
update public.bom_line_items set total_quantity = quantity;
alter table public.bom_line_items drop constraint bom_line_items_match_method_check;
alter table public.bom_line_items add constraint bom_line_items_match_method_check
check (match_method in ('pick', 'mpn_manufacturer', 'mpn', 'supplier_sku'));
alter table public.bom_line_items add constraint bom_line_items_quantity_check
check (quantity between 0 and 1000000000);
alter table public.bom_line_items add constraint bom_line_items_unit_price_check check (unit_price >= 0);
alter table public.bom_line_items add constraint bom_line_items_currency_check check (currency ~ '^[A-Z]{3}$');
comment on column public.bom_line_items.dnp_reference_designators is
'Those of the references that are not fitted, on a line that is fitted in part';
comment on column public.bom_line_items.quantity is
'Quantity per parent assembly; null where the file does not say';
comment on column public.bom_line_items.total_quantity is
'Quantity per product: quantity times the quantities of the assemblies above it';
comment on column public.bom_line_items.unit is
'Unit of the quantity, such as pcs or m; null where the file does not say';
comment on column public.bom_line_items.internal_number is 'The organization''s own part number';
comment on column public.bom_line_items.unit_price is 'Price a piece as the file has it';
comment on column public.bom_line_items.currency is 'Currency of the price, ISO 4217';
comment on column public.bom_line_items.level is 'Depth in a multi-level BOM, 0 at the top';
comment on column public.bom_line_items.parent_position is 'Position of the assembly it is in';
comment on column public.bom_line_items.is_assembly is 'Whether other lines are in it';
comment on column public.bom_line_items.variants is 'Variant to {is_fitted, quantity}, where the file has variants';
comment on column public.bom_line_items.warnings is
'Array of {severity (error or warning), code, message, column, field}; the row is row_number. A change of the field
settles it';
comment on column public.bom_line_items.match_method is 'pick (by a person), mpn_manufacturer, mpn or supplier_sku';

create table public.bom_line_suggestions (
    organization_id uuid not null,
    bom_line_item_id uuid not null,
    catalogue_part_id uuid not null,
    rank integer not null,
    similarity numeric(3, 2) not null,
    constraint bom_line_suggestions_pkey primary key (organization_id, bom_line_item_id, rank),
    constraint bom_line_suggestions_catalogue_part_id_key unique (organization_id, bom_line_item_id, catalogue_part_id),
    constraint bom_line_suggestions_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint bom_line_suggestions_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id)
    references public.bom_line_items (organization_id, id) on delete cascade,
    constraint bom_line_suggestions_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete cascade,
    constraint bom_line_suggestions_similarity_check check (similarity between 0 and 1)
);
comment on table public.bom_line_suggestions is
'Catalogue parts that look like what an unmatched line says; a person picks one (rpc/pick_part)';
comment on column public.bom_line_suggestions.organization_id is 'Organization that owns the row';
comment on column public.bom_line_suggestions.bom_line_item_id is 'The line';
comment on column public.bom_line_suggestions.catalogue_part_id is 'The part';
comment on column public.bom_line_suggestions.rank is 'Place among the suggestions of the line, from 1';
comment on column public.bom_line_suggestions.similarity is
'Trigram similarity of the part numbers as compared, 0 to 1';

create index bom_line_suggestions_catalogue_part_id_idx on public.bom_line_suggestions (catalogue_part_id);

create table public.part_picks (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    line_key text not null,
    written jsonb not null,
    catalogue_part_id uuid,
    picked_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint part_picks_pkey primary key (id),
    constraint part_picks_organization_id_id_key unique (organization_id, id),
    constraint part_picks_organization_id_line_key_key unique (organization_id, line_key),
    constraint part_picks_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint part_picks_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete cascade,
    constraint part_picks_picked_by_fkey foreign key (organization_id, picked_by)
    references public.users (organization_id, id) on delete set null (picked_by)
);
comment on table public.part_picks is 'Parts that people chose, by what the line said; imports use them first';
comment on column public.part_picks.id is 'Identifier';
comment on column public.part_picks.organization_id is 'Organization that owns the row';
comment on column public.part_picks.line_key is 'What the line said, as compared (private.line_key)';
comment on column public.part_picks.written is
'What the line said: mpn, manufacturer, supplier, supplier_sku, value, package, description';
comment on column public.part_picks.catalogue_part_id is
'The part; null when the person said that none of the catalogue is it';
comment on column public.part_picks.picked_by is 'Who picked it last';
comment on column public.part_picks.created_at is 'When the row was made';
comment on column public.part_picks.updated_at is 'When the row last changed';

create index part_picks_catalogue_part_id_idx on public.part_picks (catalogue_part_id);
create index part_picks_organization_id_picked_by_idx on public.part_picks (organization_id, picked_by);

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

select pgmq.create('bom_suggestions');
select pgmq.enable_notify_insert('bom_suggestions', 100);

-- Their successors take the number of the import.
drop function if exists private.create_bom(uuid, text, text, text, bigint, text);
drop function if exists private.start_bom_import(uuid);
drop function if exists private.import_bom_lines(uuid, jsonb, jsonb);
drop function if exists private.match_bom_chunk(uuid, integer);
drop function if exists private.match_parts(uuid[], text[], text[], text[], text[]);
drop function if exists private.match_lines(uuid, integer, integer);
drop function if exists private.complete_bom_import(uuid);
drop function if exists private.fail_bom_import(uuid, jsonb);
drop function if exists private.understood_parts(uuid, uuid);
drop function if exists private.upsert_bom_components(uuid, uuid);
drop trigger if exists _900_enqueue_file_removal on public.boms;
drop function if exists private.enqueue_file_removal();

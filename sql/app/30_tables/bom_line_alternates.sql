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
    bom_id uuid not null,
    constraint bom_line_alternates_pkey primary key (id),
    constraint bom_line_alternates_organization_id_id_key unique (organization_id, id),
    constraint bom_line_alternates_bom_line_item_id_rank_key
    unique (organization_id, bom_line_item_id, bom_id, rank),
    constraint bom_line_alternates_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint bom_line_alternates_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id, bom_id)
    references public.bom_line_items (organization_id, id, bom_id) on delete cascade,
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
comment on column public.bom_line_alternates.bom_id is 'BOM of the line, for the policies';

create index bom_line_alternates_catalogue_part_id_idx on public.bom_line_alternates (catalogue_part_id);

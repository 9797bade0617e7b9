create table public.bom_line_items (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    bom_id uuid not null,
    position integer not null,
    row_number integer not null,
    raw jsonb not null,
    reference_designators text[] not null default '{}',
    dnp_reference_designators text[] not null default '{}',
    quantity numeric,
    total_quantity numeric,
    unit text,
    mpn text,
    normalized_mpn text generated always as (private.normalize_mpn(mpn)) stored,
    manufacturer text,
    supplier text,
    supplier_sku text,
    value text,
    package text,
    description text,
    internal_number text,
    unit_price numeric,
    currency text,
    level integer not null default 0,
    parent_position integer,
    is_assembly boolean not null default false,
    variants jsonb not null default '{}'::jsonb,
    is_dnp boolean not null default false,
    warnings jsonb not null default '[]'::jsonb,
    catalogue_part_id uuid,
    component_id uuid,
    match_status text not null default 'pending',
    match_method text,
    match_confidence numeric(3, 2),
    created_at timestamptz not null default now(),
    constraint bom_line_items_pkey primary key (id),
    constraint bom_line_items_bom_id_id_key unique (organization_id, bom_id, id),
    constraint bom_line_items_bom_id_position_key unique (organization_id, bom_id, position),
    constraint bom_line_items_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint bom_line_items_bom_id_fkey foreign key (organization_id, bom_id)
    references public.boms (organization_id, id) on delete cascade,
    constraint bom_line_items_component_id_fkey foreign key (organization_id, component_id)
    references public.components (organization_id, id) on delete set null (component_id),
    constraint bom_line_items_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete set null,
    constraint bom_line_items_match_status_check
    check (match_status in ('pending', 'matched', 'suggested', 'unmatched')),
    constraint bom_line_items_match_method_check
    check (match_method in ('pick', 'mpn_manufacturer', 'mpn', 'supplier_sku')),
    constraint bom_line_items_reference_designators_check check (pg_column_size(reference_designators) <= 1048576),
    constraint bom_line_items_dnp_reference_designators_check
    check (pg_column_size(dnp_reference_designators) <= 1048576),
    constraint bom_line_items_unit_check check (length(unit) <= 200),
    constraint bom_line_items_mpn_check check (length(mpn) <= 200),
    constraint bom_line_items_manufacturer_check check (length(manufacturer) <= 200),
    constraint bom_line_items_supplier_check check (length(supplier) <= 200),
    constraint bom_line_items_supplier_sku_check check (length(supplier_sku) <= 200),
    constraint bom_line_items_value_check check (length(value) <= 200),
    constraint bom_line_items_package_check check (length(package) <= 200),
    constraint bom_line_items_description_check check (length(description) <= 4000),
    constraint bom_line_items_internal_number_check check (length(internal_number) <= 200),
    constraint bom_line_items_quantity_check check (quantity between 0 and 1000000000),
    constraint bom_line_items_unit_price_check check (unit_price >= 0),
    constraint bom_line_items_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint bom_line_items_match_confidence_check check (match_confidence between 0 and 1)
);
comment on table public.bom_line_items is 'Lines of a BOM: what was written beside what was understood and matched';
comment on column public.bom_line_items.id is 'Identifier';
comment on column public.bom_line_items.organization_id is 'Organization that owns the row';
comment on column public.bom_line_items.bom_id is 'BOM it belongs to';
comment on column public.bom_line_items.position is 'Place among the BOM''s lines, from 1';
comment on column public.bom_line_items.row_number is 'Row of the file, from 1';
comment on column public.bom_line_items.raw is 'Header to cell text, verbatim';
comment on column public.bom_line_items.reference_designators is 'References, ranges expanded';
comment on column public.bom_line_items.dnp_reference_designators is
'Those of the references that are not fitted, on a line that is fitted in part';
comment on column public.bom_line_items.quantity is
'Quantity per parent assembly; null where the file does not say';
comment on column public.bom_line_items.total_quantity is
'Quantity per product: quantity times the quantities of the assemblies above it';
comment on column public.bom_line_items.unit is
'Unit of the quantity, such as pcs or m; null where the file does not say';
comment on column public.bom_line_items.mpn is 'Manufacturer part number as understood';
comment on column public.bom_line_items.normalized_mpn is 'Part number as compared';
comment on column public.bom_line_items.manufacturer is 'Manufacturer as understood';
comment on column public.bom_line_items.supplier is 'Distributor of the supplier number';
comment on column public.bom_line_items.supplier_sku is 'Supplier number';
comment on column public.bom_line_items.value is 'Value, such as 100nF';
comment on column public.bom_line_items.package is 'Package or footprint';
comment on column public.bom_line_items.description is 'Description';
comment on column public.bom_line_items.internal_number is 'The organization''s own part number';
comment on column public.bom_line_items.unit_price is 'Price a piece as the file has it';
comment on column public.bom_line_items.currency is 'Currency of the price, ISO 4217';
comment on column public.bom_line_items.level is 'Depth in a multi-level BOM, 0 at the top';
comment on column public.bom_line_items.parent_position is 'Position of the assembly it is in';
comment on column public.bom_line_items.is_assembly is 'Whether other lines are in it';
comment on column public.bom_line_items.variants is 'Variant to {is_fitted, quantity}, where the file has variants';
comment on column public.bom_line_items.is_dnp is 'Do not place';
comment on column public.bom_line_items.warnings is
'Array of {severity (error or warning), code, message, column, field}; the row is row_number. A change of the field
settles it';
comment on column public.bom_line_items.catalogue_part_id is 'Matched or suggested catalogue part';
comment on column public.bom_line_items.component_id is 'The organization''s component';
comment on column public.bom_line_items.match_status is 'pending, matched, suggested or unmatched';
comment on column public.bom_line_items.match_method is 'pick (by a person), mpn_manufacturer, mpn or supplier_sku';
comment on column public.bom_line_items.match_confidence is '0 to 1; below 0.70 it is a suggestion';
comment on column public.bom_line_items.created_at is 'When the row was made';

create index bom_line_items_component_id_idx on public.bom_line_items (organization_id, component_id);
create index bom_line_items_catalogue_part_id_idx on public.bom_line_items (catalogue_part_id);

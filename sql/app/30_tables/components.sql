create table public.components (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    mpn text not null,
    normalized_mpn text collate "C" not null generated always as (private.normalize_mpn(mpn)) stored,
    manufacturer text,
    normalized_manufacturer text not null generated always as (
        private.normalize_manufacturer(coalesce(manufacturer, ''))
    ) stored,
    catalogue_part_id uuid,
    description text,
    package text,
    internal_number text,
    source_bom_id uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint components_pkey primary key (id),
    constraint components_organization_id_id_key unique (organization_id, id),
    constraint components_organization_id_part_key unique (organization_id, normalized_mpn, normalized_manufacturer),
    constraint components_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint components_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete set null,
    constraint components_mpn_check check (length(mpn) <= 200),
    constraint components_manufacturer_check check (length(manufacturer) <= 200),
    constraint components_description_check check (length(description) <= 4000),
    constraint components_package_check check (length(package) <= 200),
    constraint components_internal_number_check check (length(internal_number) <= 200),
    constraint components_normalized_mpn_check check (normalized_mpn <> '')
);
comment on table public.components is 'The organization''s own part library; counted by the limit maxComponents';
comment on column public.components.id is 'Identifier';
comment on column public.components.organization_id is 'Organization that owns the row';
comment on column public.components.mpn is 'Manufacturer part number';
comment on column public.components.normalized_mpn is 'Part number as compared';
comment on column public.components.manufacturer is 'Manufacturer as understood';
comment on column public.components.normalized_manufacturer is 'Manufacturer as compared; empty when unknown';
comment on column public.components.catalogue_part_id is 'The catalogue part it is, when known';
comment on column public.components.description is 'What it is';
comment on column public.components.package is 'Package or footprint name';
comment on column public.components.internal_number is 'The organization''s own part number';
comment on column public.components.source_bom_id is
'BOM whose import brought it in, which may be gone since; null when a person did';
comment on column public.components.created_at is 'When the row was made';
comment on column public.components.updated_at is 'When the row last changed';

create index components_catalogue_part_id_idx on public.components (catalogue_part_id);
create index components_source_bom_id_idx on public.components (organization_id, source_bom_id);

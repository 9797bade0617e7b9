create table public.catalogue_parts (
    id uuid not null default gen_random_uuid(),
    mpn text not null,
    normalized_mpn text generated always as (private.normalize_mpn(mpn)) stored,
    manufacturer_id uuid,
    description text,
    category text,
    package text,
    lifecycle text not null default 'unknown',
    datasheet_url text,
    source text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint catalogue_parts_pkey primary key (id),
    constraint catalogue_parts_normalized_mpn_manufacturer_id_key unique nulls not distinct (
        normalized_mpn, manufacturer_id
    ),
    constraint catalogue_parts_manufacturer_id_fkey foreign key (manufacturer_id)
    references public.manufacturers (id) on delete restrict,
    constraint catalogue_parts_lifecycle_check
    check (lifecycle in ('active', 'nrnd', 'last_time_buy', 'eol', 'obsolete', 'unknown')),
    constraint catalogue_parts_normalized_mpn_check check (normalized_mpn <> '')
);
comment on table public.catalogue_parts is 'Parts that all tenants share; read-only for them';
comment on column public.catalogue_parts.id is 'Identifier';
comment on column public.catalogue_parts.mpn is 'Manufacturer part number as the maker writes it';
comment on column public.catalogue_parts.normalized_mpn is
'Part number as compared: upper-case letters, digits, points between digits';
comment on column public.catalogue_parts.manufacturer_id is 'Maker; null where the sources do not say';
comment on column public.catalogue_parts.description is 'What it is';
comment on column public.catalogue_parts.category is 'Category in the source''s words';
comment on column public.catalogue_parts.package is 'Package or footprint name';
comment on column public.catalogue_parts.lifecycle is 'active, nrnd, last_time_buy, eol, obsolete or unknown';
comment on column public.catalogue_parts.datasheet_url is 'Data sheet';
comment on column public.catalogue_parts.source is 'Where the facts come from';
comment on column public.catalogue_parts.created_at is 'When the row was made';
comment on column public.catalogue_parts.updated_at is 'When the row last changed';

create index catalogue_parts_manufacturer_id_idx on public.catalogue_parts (manufacturer_id);
create index catalogue_parts_mpn_trgm_idx on public.catalogue_parts using gin (normalized_mpn extensions.gin_trgm_ops);

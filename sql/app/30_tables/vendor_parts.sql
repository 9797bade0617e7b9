create table public.vendor_parts (
    vendor_id uuid not null,
    sku text not null,
    normalized_sku text generated always as (private.normalize_mpn(sku)) stored,
    catalogue_part_id uuid not null,
    source text not null,
    constraint vendor_parts_pkey primary key (vendor_id, normalized_sku),
    constraint vendor_parts_vendor_id_fkey foreign key (vendor_id) references public.vendors (id) on delete cascade,
    constraint vendor_parts_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete cascade
);
comment on table public.vendor_parts is 'Supplier numbers and the catalogue part they stand for';
comment on column public.vendor_parts.vendor_id is 'Distributor';
comment on column public.vendor_parts.sku is 'The distributor''s number';
comment on column public.vendor_parts.normalized_sku is 'Number as compared';
comment on column public.vendor_parts.catalogue_part_id is 'The part';
comment on column public.vendor_parts.source is 'Where the fact comes from';

create index vendor_parts_normalized_sku_idx on public.vendor_parts (normalized_sku);
create index vendor_parts_catalogue_part_id_idx on public.vendor_parts (catalogue_part_id);

create table public.manufacturer_aliases (
    alias text not null,
    normalized_alias text generated always as (private.normalize_manufacturer(alias)) stored,
    manufacturer_id uuid not null,
    constraint manufacturer_aliases_pkey primary key (normalized_alias),
    constraint manufacturer_aliases_manufacturer_id_fkey foreign key (manufacturer_id)
    references public.manufacturers (id) on delete cascade
);
comment on table public.manufacturer_aliases is 'Other spellings of a manufacturer';
comment on column public.manufacturer_aliases.alias is 'The spelling as seen';
comment on column public.manufacturer_aliases.normalized_alias is 'Spelling as compared';
comment on column public.manufacturer_aliases.manufacturer_id is 'Manufacturer it stands for';

create index manufacturer_aliases_manufacturer_id_idx on public.manufacturer_aliases (manufacturer_id);

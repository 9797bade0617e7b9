create table public.vendors (
    id uuid not null default gen_random_uuid(),
    name text not null,
    normalized_name text generated always as (private.normalize_manufacturer(name)) stored,
    aliases text[] not null default '{}',
    created_at timestamptz not null default now(),
    constraint vendors_pkey primary key (id),
    constraint vendors_normalized_name_key unique (normalized_name)
);
comment on table public.vendors is 'Distributors of parts';
comment on column public.vendors.id is 'Identifier';
comment on column public.vendors.name is 'Display name';
comment on column public.vendors.normalized_name is 'Name as compared';
comment on column public.vendors.aliases is 'Other spellings, normalised';
comment on column public.vendors.created_at is 'When the row was made';

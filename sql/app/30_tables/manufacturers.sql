create table public.manufacturers (
    id uuid not null default gen_random_uuid(),
    name text not null,
    normalized_name text generated always as (private.normalize_manufacturer(name)) stored,
    created_at timestamptz not null default now(),
    constraint manufacturers_pkey primary key (id),
    constraint manufacturers_normalized_name_key unique (normalized_name)
);
comment on table public.manufacturers is 'Manufacturers of the shared catalogue';
comment on column public.manufacturers.id is 'Identifier';
comment on column public.manufacturers.name is 'Canonical display name';
comment on column public.manufacturers.normalized_name is 'Name as compared: lower-case letters and digits';
comment on column public.manufacturers.created_at is 'When the row was made';

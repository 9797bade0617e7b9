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

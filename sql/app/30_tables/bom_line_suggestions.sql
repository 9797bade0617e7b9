-- Its key is the rank, not the part: with both references in the key, PostgREST would take it for a join table, and
-- embedding catalogue_parts in a line would be ambiguous.
create table public.bom_line_suggestions (
    organization_id uuid not null,
    bom_line_item_id uuid not null,
    catalogue_part_id uuid not null,
    rank integer not null,
    similarity numeric(3, 2) not null,
    bom_id uuid not null,
    constraint bom_line_suggestions_pkey primary key (organization_id, bom_line_item_id, bom_id, rank),
    constraint bom_line_suggestions_catalogue_part_id_key unique (organization_id, bom_line_item_id, catalogue_part_id),
    constraint bom_line_suggestions_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint bom_line_suggestions_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id, bom_id)
    references public.bom_line_items (organization_id, id, bom_id) on delete cascade,
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
comment on column public.bom_line_suggestions.bom_id is 'BOM of the line, for the policies';

create index bom_line_suggestions_catalogue_part_id_idx on public.bom_line_suggestions (catalogue_part_id);

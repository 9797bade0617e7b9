-- Its reference has the columns of its key, in their order: so PostgREST embeds one object in a line, not an array.
create table public.enrichment_queue (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    bom_line_item_id uuid not null,
    reason text not null,
    status text not null default 'pending',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    bom_id uuid not null,
    constraint enrichment_queue_pkey primary key (id),
    constraint enrichment_queue_organization_id_id_key unique (organization_id, id),
    constraint enrichment_queue_bom_line_item_id_key unique (organization_id, bom_line_item_id, bom_id),
    constraint enrichment_queue_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint enrichment_queue_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id, bom_id)
    references public.bom_line_items (organization_id, id, bom_id) on delete cascade,
    constraint enrichment_queue_reason_check check (reason in ('no_match', 'no_part_number')),
    constraint enrichment_queue_status_check check (status in ('pending', 'done', 'dismissed'))
);
comment on table public.enrichment_queue is 'Lines that no rule could match, waiting for enrichment or a person';
comment on column public.enrichment_queue.id is 'Identifier';
comment on column public.enrichment_queue.organization_id is 'Organization that owns the row';
comment on column public.enrichment_queue.bom_line_item_id is 'The line';
comment on column public.enrichment_queue.reason is 'Why it waits: no_match or no_part_number';
comment on column public.enrichment_queue.status is 'pending, done or dismissed';
comment on column public.enrichment_queue.created_at is 'When the row was made';
comment on column public.enrichment_queue.updated_at is 'When the row last changed';
comment on column public.enrichment_queue.bom_id is 'BOM of the line, for the policies';

create table private.usage_drifts (
    id bigint not null generated always as identity,
    organization_id uuid not null,
    metric text not null,
    recorded_count bigint not null,
    counted_count bigint not null,
    found_at timestamptz not null default now(),
    constraint usage_drifts_pkey primary key (id),
    constraint usage_drifts_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade
);
comment on table private.usage_drifts is
'Usage counters that were found to differ from what they count, and were mended: each is a fault of ours to look into';
comment on column private.usage_drifts.id is 'Identifier';
comment on column private.usage_drifts.organization_id is 'Organization concerned';
comment on column private.usage_drifts.metric is 'Metric of the counter';
comment on column private.usage_drifts.recorded_count is 'What the counter said';
comment on column private.usage_drifts.counted_count is 'What was counted, and stands in the counter since';
comment on column private.usage_drifts.found_at is 'When it was found and mended';

create index usage_drifts_organization_id_idx on private.usage_drifts (organization_id);

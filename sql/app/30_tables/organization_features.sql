create table public.organization_features (
    organization_id uuid not null,
    feature text not null,
    is_enabled boolean not null,
    updated_at timestamptz not null default now(),
    constraint organization_features_pkey primary key (organization_id, feature),
    constraint organization_features_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint organization_features_feature_check check (feature ~ '^[a-z][a-z0-9_]*$')
);
comment on table public.organization_features is 'Feature flags of an organization, set by its plan';
comment on column public.organization_features.organization_id is 'Organization that owns the row';
comment on column public.organization_features.feature is 'Feature key, such as ai_normalization';
comment on column public.organization_features.is_enabled is 'Whether the plan includes it';
comment on column public.organization_features.updated_at is 'When the row last changed';

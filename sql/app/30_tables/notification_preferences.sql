create table public.notification_preferences (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    user_id uuid,
    alert_type text not null,
    channels text[] not null default '{in_app}',
    is_enabled boolean not null default true,
    updated_at timestamptz not null default now(),
    constraint notification_preferences_pkey primary key (id),
    constraint notification_preferences_organization_id_id_key unique (organization_id, id),
    constraint notification_preferences_subject_key unique nulls not distinct (organization_id, user_id, alert_type),
    constraint notification_preferences_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint notification_preferences_user_id_fkey foreign key (organization_id, user_id)
    references public.users (organization_id, id) on delete cascade,
    constraint notification_preferences_alert_type_check
    check (alert_type in ('component-eol', 'price-change', 'supply-risk', 'bom-enriched')),
    constraint notification_preferences_channels_check
    check (cardinality(channels) <= 4 and channels <@ array['in_app', 'email', 'sms', 'push'])
);
comment on table public.notification_preferences is 'Which alerts a user, or the whole organization, wants and how';
comment on column public.notification_preferences.id is 'Identifier';
comment on column public.notification_preferences.organization_id is 'Organization that owns the row';
comment on column public.notification_preferences.user_id is 'The user; null is the organization''s default';
comment on column public.notification_preferences.alert_type is 'Type of alert';
comment on column public.notification_preferences.channels is 'in_app, email, sms, push';
comment on column public.notification_preferences.is_enabled is 'Whether it is wanted';
comment on column public.notification_preferences.updated_at is 'When the row last changed';

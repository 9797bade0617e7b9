create table private.api_rates (
    organization_id uuid not null,
    level double precision not null,
    measured_at timestamptz not null,
    throttled_until timestamptz,
    reason text,
    constraint api_rates_pkey primary key (organization_id),
    constraint api_rates_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint api_rates_reason_check check (reason in ('rate', 'quota'))
);
comment on table private.api_rates is
'How fast an organization calls the API, as a bucket that drains at its plan''s rate';
comment on column private.api_rates.organization_id is 'Organization';
comment on column private.api_rates.level is 'Calls in the bucket when it was measured';
comment on column private.api_rates.measured_at is 'When it was measured';
comment on column private.api_rates.throttled_until is
'Until when its requests are refused (429); null or past: they are not';
comment on column private.api_rates.reason is 'rate: too many at once. quota: the month''s calls are used up';

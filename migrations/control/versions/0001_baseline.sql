-- The first release. It meets an empty database, so its indexes lock nobody out.
-- squawk-ignore-file require-concurrent-index-creation

-- private holds what no client may call; auth is Supabase's: where it exists, nothing in it is touched.
create schema if not exists private;
comment on schema private is 'Helpers, worker functions and secrets; never exposed through the API';
create schema if not exists extensions;
comment on schema extensions is 'PostgreSQL extensions, as on Supabase';
create extension if not exists citext schema extensions;
create extension if not exists pg_trgm schema extensions;
create extension if not exists pgcrypto schema extensions;

do $$
begin
    if not exists (select from pg_catalog.pg_namespace where nspname = 'auth') then
        create schema auth;
        comment on schema auth is 'Supabase''s helper functions, for a plain PostgreSQL';
        grant usage on schema auth to anon, authenticated, platform_admin;
        create function auth.jwt() returns jsonb language sql stable set search_path = '' as $fn$
            select nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb
        $fn$;
        comment on function auth.jwt() is 'The verified claims of the caller''s token, or null';
        create function auth.uid() returns uuid language sql stable set search_path = '' as $fn$
            select nullif(auth.jwt() ->> 'sub', '')::uuid
        $fn$;
        comment on function auth.uid() is 'users.id of the caller, or null';
        create function auth.role() returns text language sql stable set search_path = '' as $fn$
            select auth.jwt() ->> 'role'
        $fn$;
        comment on function auth.role() is 'The database role of the caller''s token, or null';
    end if;
end
$$;

alter default privileges revoke execute on functions from public;
revoke all on schema private from public;
revoke all on schema public from public;
grant usage on schema private to anon, authenticated, platform_admin, ananta_edge, ananta_worker;
grant usage on schema extensions to anon, authenticated, platform_admin, ananta_edge, ananta_worker;

-- tenant_management is the schema PostgREST serves in the control plane.
create schema if not exists tenant_management;
comment on schema tenant_management is 'Control plane: tenants, leads, plans, subscriptions, invoices and provisioning';
grant usage on schema tenant_management to anon, authenticated, platform_admin;

-- What generated columns and checks call; tables depend on these, so they change by revision only.
create function private.is_slug(value text) returns boolean
language sql immutable parallel safe set search_path = '' as $$
    select value ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'
$$;
comment on function private.is_slug(text) is 'True for lower-case words joined by single hyphens';

create function private.current_organization_id() returns uuid
language sql stable parallel safe set search_path = '' as $$
    select nullif(nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'organization_id', '')::uuid
$$;
comment on function private.current_organization_id() is
'The organization of the caller''s token, or null: then no row is theirs';

create function private.current_tenant_id() returns uuid
language sql stable parallel safe set search_path = '' as $$
    select nullif(nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'tenantId', '')::uuid
$$;
comment on function private.current_tenant_id() is 'The tenant of the caller''s token, or null: then no row is theirs';

grant execute on function private.current_organization_id()
to anon, authenticated, platform_admin, ananta_edge, ananta_worker;
grant execute on function private.current_tenant_id()
to anon, authenticated, platform_admin, ananta_edge, ananta_worker;
grant execute on function private.is_slug(text) to anon, authenticated, platform_admin, ananta_edge, ananta_worker;

create table tenant_management.app_planes (
    id uuid not null default gen_random_uuid(),
    name text not null,
    base_url text not null,
    portal_url text not null,
    region text not null default 'default',
    capacity integer not null default 1000,
    placement text not null default 'pooled',
    is_open boolean not null default true,
    created_at timestamptz not null default now(),
    constraint app_planes_pkey primary key (id),
    constraint app_planes_name_key unique (name),
    constraint app_planes_capacity_check check (capacity >= 0),
    constraint app_planes_placement_check check (placement in ('pooled', 'dedicated'))
);
comment on table tenant_management.app_planes is 'App-plane instances a tenant can be placed on';
comment on column tenant_management.app_planes.id is 'Identifier';
comment on column tenant_management.app_planes.name is 'Name for operators';
comment on column tenant_management.app_planes.base_url is 'Address of its edge API, inside';
comment on column tenant_management.app_planes.portal_url is
'Address of its portal, outside; the tenant key is appended';
comment on column tenant_management.app_planes.region is 'Region';
comment on column tenant_management.app_planes.capacity is 'Tenants it may hold';
comment on column tenant_management.app_planes.placement is 'pooled or dedicated';
comment on column tenant_management.app_planes.is_open is 'Whether new tenants are placed on it';
comment on column tenant_management.app_planes.created_at is 'When the row was made';

create table private.dead_letters (
    id uuid not null default gen_random_uuid(),
    queue text not null,
    message_id bigint not null,
    message jsonb not null,
    attempt_count integer not null,
    error text not null,
    correlation_id text,
    created_at timestamptz not null default now(),
    constraint dead_letters_pkey primary key (id),
    constraint dead_letters_queue_message_id_key unique (queue, message_id)
);
comment on table private.dead_letters is
'Messages whose tries are used up, with the error, for a person to replay or drop';
comment on column private.dead_letters.id is 'Identifier';
comment on column private.dead_letters.queue is 'Queue the message was taken from';
comment on column private.dead_letters.message_id is 'pgmq message id';
comment on column private.dead_letters.message is 'The message as it was read';
comment on column private.dead_letters.attempt_count is 'Tries made';
comment on column private.dead_letters.error is 'Last error, without secrets';
comment on column private.dead_letters.correlation_id is 'Correlation id of the request that caused the message';
comment on column private.dead_letters.created_at is 'When the message was given up';

create table private.issuers (
    issuer text not null,
    realm text not null,
    jwks jsonb not null default '{"keys": []}'::jsonb,
    status text not null default 'active',
    keys_fetched_at timestamptz,
    created_at timestamptz not null default now(),
    constraint issuers_pkey primary key (issuer),
    constraint issuers_realm_key unique (realm),
    constraint issuers_status_check check (status in ('active', 'removed'))
);
comment on table private.issuers is 'OpenID issuers (realms) whose tokens the exchange accepts, with their public keys';
comment on column private.issuers.issuer is 'The iss claim, exactly as the realm writes it';
comment on column private.issuers.realm is 'Name of the realm; the issuer is {base}/realms/{realm}';
comment on column private.issuers.jwks is 'The realm''s public keys as last fetched (RFC 7517)';
comment on column private.issuers.status is 'active, or removed: a removed realm''s tokens are refused at once';
comment on column private.issuers.keys_fetched_at is 'When jwks was last fetched; limits refreshes on an unknown kid';
comment on column private.issuers.created_at is 'When the issuer was registered';

create table tenant_management.leads (
    id uuid not null default gen_random_uuid(),
    first_name text not null,
    last_name text not null,
    company_name text not null,
    email extensions.citext not null,
    status text not null default 'new',
    source text not null default 'website',
    verified_at timestamptz,
    correlation_id text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint leads_pkey primary key (id),
    constraint leads_status_check check (status in ('new', 'verified', 'converted')),
    constraint leads_email_check
    check (length(email) <= 254 and email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'),
    constraint leads_first_name_check check (length(first_name) between 1 and 100),
    constraint leads_last_name_check check (length(last_name) between 1 and 100),
    constraint leads_company_name_check check (length(company_name) between 1 and 200)
);
comment on table tenant_management.leads is 'Companies that asked to sign up';
comment on column tenant_management.leads.id is 'Identifier';
comment on column tenant_management.leads.first_name is 'Given name';
comment on column tenant_management.leads.last_name is 'Family name';
comment on column tenant_management.leads.company_name is 'Company';
comment on column tenant_management.leads.email is 'Address the verification mail goes to';
comment on column tenant_management.leads.status is 'new, verified or converted (it has a tenant)';
comment on column tenant_management.leads.source is 'Where the lead came from';
comment on column tenant_management.leads.verified_at is 'When the address was proven';
comment on column tenant_management.leads.correlation_id is 'Correlation id of the signup';
comment on column tenant_management.leads.created_at is 'When the row was made';
comment on column tenant_management.leads.updated_at is 'When the row last changed';

create index leads_email_idx on tenant_management.leads (email);

create table private.lead_tokens (
    token_hash bytea not null,
    lead_id uuid not null,
    kind text not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint lead_tokens_pkey primary key (token_hash),
    constraint lead_tokens_lead_id_fkey foreign key (lead_id) references tenant_management.leads (id) on delete cascade,
    constraint lead_tokens_kind_check check (kind in ('verification', 'lead'))
);
comment on table private.lead_tokens is 'Single-use tokens of a lead, hashed';
comment on column private.lead_tokens.token_hash is 'SHA-256 of the token';
comment on column private.lead_tokens.lead_id is 'The lead';
comment on column private.lead_tokens.kind is
'verification (mailed, single use) or lead (returned by the verification)';
comment on column private.lead_tokens.expires_at is 'End of its life';
comment on column private.lead_tokens.used_at is 'When a verification token was used';
comment on column private.lead_tokens.created_at is 'When the row was made';

create index lead_tokens_lead_id_idx on private.lead_tokens (lead_id);

create table tenant_management.plans (
    id text not null,
    name text not null,
    description text,
    rank integer not null,
    price_minor bigint not null,
    currency text not null default 'USD',
    billing_cycle text not null default 'monthly',
    is_public boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint plans_pkey primary key (id),
    constraint plans_rank_key unique (rank),
    constraint plans_id_check check (id ~ '^plan-[a-z0-9-]+$'),
    constraint plans_price_minor_check check (price_minor >= 0),
    constraint plans_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint plans_billing_cycle_check check (billing_cycle in ('monthly', 'yearly'))
);
comment on table tenant_management.plans is 'What tenants can subscribe to';
comment on column tenant_management.plans.id is 'Plan id, such as plan-basic';
comment on column tenant_management.plans.name is 'Display name';
comment on column tenant_management.plans.description is 'One sentence for the price page';
comment on column tenant_management.plans.rank is 'Order of the plans: a higher rank is an upgrade';
comment on column tenant_management.plans.price_minor is 'Price of one billing cycle in minor units';
comment on column tenant_management.plans.currency is 'ISO 4217 code';
comment on column tenant_management.plans.billing_cycle is 'monthly or yearly';
comment on column tenant_management.plans.is_public is 'Whether visitors see it and may choose it';
comment on column tenant_management.plans.created_at is 'When the row was made';
comment on column tenant_management.plans.updated_at is 'When the row last changed';

create table tenant_management.plan_features (
    plan_id text not null,
    feature text not null,
    constraint plan_features_pkey primary key (plan_id, feature),
    constraint plan_features_plan_id_fkey foreign key (plan_id)
    references tenant_management.plans (id) on delete cascade
);
comment on table tenant_management.plan_features is 'Features a plan includes';
comment on column tenant_management.plan_features.plan_id is 'Plan';
comment on column tenant_management.plan_features.feature is 'Feature key, such as ai_normalization';

create table tenant_management.plan_limits (
    plan_id text not null,
    metric text not null,
    limit_value integer not null,
    constraint plan_limits_pkey primary key (plan_id, metric),
    constraint plan_limits_plan_id_fkey foreign key (plan_id) references tenant_management.plans (id) on delete cascade,
    constraint plan_limits_metric_check check (metric in ('users', 'components', 'storage_gb')),
    constraint plan_limits_limit_value_check check (limit_value >= 0)
);
comment on table tenant_management.plan_limits is 'Limits of a plan; a metric without a row is unlimited';
comment on column tenant_management.plan_limits.plan_id is 'Plan';
comment on column tenant_management.plan_limits.metric is 'users, components or storage_gb';
comment on column tenant_management.plan_limits.limit_value is 'Most that the plan allows';

create table private.processed_events (
    consumer text not null,
    event_id uuid not null,
    processed_at timestamptz not null default now(),
    constraint processed_events_pkey primary key (consumer, event_id)
);
comment on table private.processed_events is
'Ledger of events whose effect is committed: a replayed message is known by it';
comment on column private.processed_events.consumer is 'Queue or webhook that processed the event';
comment on column private.processed_events.event_id is 'event_id of the message';
comment on column private.processed_events.processed_at is 'When the effect was committed';

create table private.rate_limits (
    bucket text not null,
    window_started_at timestamptz not null,
    hit_count integer not null,
    constraint rate_limits_pkey primary key (bucket)
);
comment on table private.rate_limits is 'Fixed-window counters for public endpoints';
comment on column private.rate_limits.bucket is 'What is limited, hashed where it is personal data';
comment on column private.rate_limits.window_started_at is 'Start of the current window';
comment on column private.rate_limits.hit_count is 'Hits in the current window';

create table private.reserved_tenant_keys (
    key text not null,
    constraint reserved_tenant_keys_pkey primary key (key)
);
comment on table private.reserved_tenant_keys is 'Tenant keys nobody may take';
comment on column private.reserved_tenant_keys.key is 'The word';

create table private.role_permissions (
    role text not null,
    permission text not null,
    constraint role_permissions_pkey primary key (role, permission),
    constraint role_permissions_role_check check (role in ('owner', 'admin', 'member', 'viewer'))
);
comment on table private.role_permissions is 'What each role may do in the control plane';
comment on column private.role_permissions.role is 'owner, admin, member or viewer';
comment on column private.role_permissions.permission is 'resource:action';

create table private.seed_files (
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    constraint seed_files_pkey primary key (name)
);
comment on table private.seed_files is 'Seed files and the content they were last applied with';
comment on column private.seed_files.name is 'Path in the project, or the folder for files that belong together';
comment on column private.seed_files.checksum is 'SHA-256 of the content';
comment on column private.seed_files.applied_at is 'When it was last applied';

create table tenant_management.tenants (
    id uuid not null default gen_random_uuid(),
    key text not null,
    name text not null,
    status text not null default 'pending_provision',
    status_reason text,
    lead_id uuid,
    app_plane_id uuid not null,
    app_plane_org_id uuid,
    portal_url text,
    provisioned_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint tenants_pkey primary key (id),
    constraint tenants_key_key unique (key),
    constraint tenants_lead_id_key unique (lead_id),
    constraint tenants_lead_id_fkey foreign key (lead_id) references tenant_management.leads (id) on delete set null,
    constraint tenants_app_plane_id_fkey foreign key (app_plane_id)
    references tenant_management.app_planes (id) on delete restrict,
    constraint tenants_key_check check (private.is_slug(key) and length(key) between 3 and 40),
    constraint tenants_name_check check (length(name) between 1 and 200),
    constraint tenants_status_check
    check (
        status in (
            'pending_provision', 'provisioning', 'active', 'provision_failed', 'suspended', 'deprovisioning', 'inactive'
        )
    )
);
comment on table tenant_management.tenants is 'Customers of the platform';
comment on column tenant_management.tenants.id is 'Identifier';
comment on column tenant_management.tenants.key is 'Short name in URLs and the realm''s name';
comment on column tenant_management.tenants.name is 'Company name';
comment on column tenant_management.tenants.status is
'pending_provision, provisioning, active, provision_failed, suspended, deprovisioning or inactive';
comment on column tenant_management.tenants.status_reason is 'Why it is in this state, for an operator';
comment on column tenant_management.tenants.lead_id is 'Lead it came from';
comment on column tenant_management.tenants.app_plane_id is 'App plane it is placed on';
comment on column tenant_management.tenants.app_plane_org_id is 'Its organization in the app plane';
comment on column tenant_management.tenants.portal_url is 'Address of its portal';
comment on column tenant_management.tenants.provisioned_at is 'When it became active';
comment on column tenant_management.tenants.created_at is 'When the row was made';
comment on column tenant_management.tenants.updated_at is 'When the row last changed';

create index tenants_app_plane_id_idx on tenant_management.tenants (app_plane_id);

create table tenant_management.addresses (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null default private.current_tenant_id(),
    kind text not null default 'billing',
    line1 text not null,
    line2 text,
    city text not null,
    region text,
    postal_code text,
    country text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint addresses_pkey primary key (id),
    constraint addresses_tenant_id_id_key unique (tenant_id, id),
    constraint addresses_tenant_id_kind_key unique (tenant_id, kind),
    constraint addresses_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint addresses_kind_check check (kind in ('billing', 'shipping')),
    constraint addresses_country_check check (country ~ '^[A-Z]{2}$'),
    constraint addresses_line1_check check (length(line1) between 1 and 200),
    constraint addresses_city_check check (length(city) between 1 and 200)
);
comment on table tenant_management.addresses is 'Postal addresses of a tenant';
comment on column tenant_management.addresses.id is 'Identifier';
comment on column tenant_management.addresses.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.addresses.kind is 'billing or shipping';
comment on column tenant_management.addresses.line1 is 'Street and number';
comment on column tenant_management.addresses.line2 is 'More of the street';
comment on column tenant_management.addresses.city is 'City';
comment on column tenant_management.addresses.region is 'State or region';
comment on column tenant_management.addresses.postal_code is 'Postal code';
comment on column tenant_management.addresses.country is 'ISO 3166-1 alpha-2 code';
comment on column tenant_management.addresses.created_at is 'When the row was made';
comment on column tenant_management.addresses.updated_at is 'When the row last changed';

create table tenant_management.contacts (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null default private.current_tenant_id(),
    first_name text not null,
    last_name text not null,
    email extensions.citext not null,
    is_primary boolean not null default false,
    type text not null default 'general',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint contacts_pkey primary key (id),
    constraint contacts_tenant_id_id_key unique (tenant_id, id),
    constraint contacts_tenant_id_email_key unique (tenant_id, email),
    constraint contacts_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint contacts_email_check
    check (length(email) <= 254 and email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'),
    constraint contacts_type_check check (type in ('general', 'billing', 'technical'))
);
comment on table tenant_management.contacts is 'People to talk to at a tenant';
comment on column tenant_management.contacts.id is 'Identifier';
comment on column tenant_management.contacts.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.contacts.first_name is 'Given name';
comment on column tenant_management.contacts.last_name is 'Family name';
comment on column tenant_management.contacts.email is 'Address';
comment on column tenant_management.contacts.is_primary is 'The first one to ask';
comment on column tenant_management.contacts.type is 'general, billing or technical';
comment on column tenant_management.contacts.created_at is 'When the row was made';
comment on column tenant_management.contacts.updated_at is 'When the row last changed';

create unique index contacts_primary_idx on tenant_management.contacts (tenant_id) where is_primary;

create table tenant_management.settings (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null default private.current_tenant_id(),
    key text not null,
    value jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint settings_pkey primary key (id),
    constraint settings_tenant_id_id_key unique (tenant_id, id),
    constraint settings_tenant_id_key_key unique (tenant_id, key),
    constraint settings_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint settings_key_check check (key ~ '^[a-z][a-z0-9_.]{0,99}$'),
    constraint settings_value_check check (pg_column_size(value) <= 65536)
);
comment on table tenant_management.settings is 'Settings of a tenant';
comment on column tenant_management.settings.id is 'Identifier';
comment on column tenant_management.settings.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.settings.key is 'Name of the setting';
comment on column tenant_management.settings.value is 'Its value';
comment on column tenant_management.settings.created_at is 'When the row was made';
comment on column tenant_management.settings.updated_at is 'When the row last changed';

create table tenant_management.subscriptions (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    plan_id text not null,
    status text not null default 'pending',
    current_period_start timestamptz,
    current_period_end timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint subscriptions_pkey primary key (id),
    constraint subscriptions_tenant_id_id_key unique (tenant_id, id),
    constraint subscriptions_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint subscriptions_plan_id_fkey foreign key (plan_id)
    references tenant_management.plans (id) on delete restrict,
    constraint subscriptions_status_check check (status in ('pending', 'active', 'cancelled', 'expired')),
    constraint subscriptions_period_check check (current_period_start < current_period_end)
);
comment on table tenant_management.subscriptions is 'Which plan a tenant has, and when';
comment on column tenant_management.subscriptions.id is 'Identifier';
comment on column tenant_management.subscriptions.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.subscriptions.plan_id is 'Plan';
comment on column tenant_management.subscriptions.status is 'pending, active, cancelled or expired';
comment on column tenant_management.subscriptions.current_period_start is 'Start of the paid period';
comment on column tenant_management.subscriptions.current_period_end is 'End of the paid period, exclusive';
comment on column tenant_management.subscriptions.created_at is 'When the row was made';
comment on column tenant_management.subscriptions.updated_at is 'When the row last changed';

create unique index subscriptions_current_idx on tenant_management.subscriptions (tenant_id) where status in (
    'pending', 'active'
);
create index subscriptions_plan_id_idx on tenant_management.subscriptions (plan_id);

create table tenant_management.invoices (
    id uuid not null default gen_random_uuid(),
    tenant_id uuid not null,
    subscription_id uuid not null,
    number text not null,
    amount_minor bigint not null,
    currency text not null,
    period_start timestamptz not null,
    period_end timestamptz not null,
    status text not null default 'pending',
    due_at timestamptz not null,
    paid_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint invoices_pkey primary key (id),
    constraint invoices_tenant_id_id_key unique (tenant_id, id),
    constraint invoices_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint invoices_number_key unique (number),
    constraint invoices_period_key unique (subscription_id, period_start),
    constraint invoices_subscription_id_fkey foreign key (tenant_id, subscription_id)
    references tenant_management.subscriptions (tenant_id, id) on delete restrict,
    constraint invoices_amount_minor_check check (amount_minor >= 0),
    constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint invoices_status_check check (status in ('pending', 'paid', 'cancelled')),
    constraint invoices_period_check check (period_start < period_end)
);
comment on table tenant_management.invoices is 'Bills of a subscription''s period';
comment on column tenant_management.invoices.id is 'Identifier';
comment on column tenant_management.invoices.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.invoices.subscription_id is 'Subscription billed';
comment on column tenant_management.invoices.number is 'Number on the invoice';
comment on column tenant_management.invoices.amount_minor is 'Amount in minor units';
comment on column tenant_management.invoices.currency is 'ISO 4217 code';
comment on column tenant_management.invoices.period_start is 'Start of the period billed';
comment on column tenant_management.invoices.period_end is 'End of the period billed, exclusive';
comment on column tenant_management.invoices.status is 'pending, paid or cancelled';
comment on column tenant_management.invoices.due_at is 'When it must be paid';
comment on column tenant_management.invoices.paid_at is 'When it was paid';
comment on column tenant_management.invoices.created_at is 'When the row was made';
comment on column tenant_management.invoices.updated_at is 'When the row last changed';

create index invoices_tenant_id_subscription_id_idx on tenant_management.invoices (tenant_id, subscription_id);

create table tenant_management.users (
    id uuid not null default gen_random_uuid(),
    email extensions.citext not null,
    first_name text not null,
    last_name text not null,
    is_platform_admin boolean not null default false,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_pkey primary key (id),
    constraint users_email_key unique (email),
    constraint users_email_check
    check (length(email) <= 254 and email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'),
    constraint users_status_check check (status in ('active', 'deactivated'))
);
comment on table tenant_management.users is 'People who use the control plane: operators and tenant admins';
comment on column tenant_management.users.id is 'Identifier';
comment on column tenant_management.users.email is 'Address';
comment on column tenant_management.users.first_name is 'Given name';
comment on column tenant_management.users.last_name is 'Family name';
comment on column tenant_management.users.is_platform_admin is
'Operator of the platform; decided here and nowhere else';
comment on column tenant_management.users.status is 'active or deactivated; a deactivated user is refused at once';
comment on column tenant_management.users.created_at is 'When the row was made';
comment on column tenant_management.users.updated_at is 'When the row last changed';

create table tenant_management.user_identities (
    issuer text not null,
    subject text not null,
    user_id uuid not null,
    created_at timestamptz not null default now(),
    constraint user_identities_pkey primary key (issuer, subject),
    constraint user_identities_issuer_fkey foreign key (issuer)
    references private.issuers (issuer) on update cascade on delete cascade,
    constraint user_identities_user_id_fkey foreign key (user_id)
    references tenant_management.users (id) on delete cascade
);
comment on table tenant_management.user_identities is 'The subjects a person has at issuers';
comment on column tenant_management.user_identities.issuer is 'The iss claim';
comment on column tenant_management.user_identities.subject is 'The sub claim';
comment on column tenant_management.user_identities.user_id is 'The user';
comment on column tenant_management.user_identities.created_at is 'When the row was made';

create unique index user_identities_user_id_idx on tenant_management.user_identities (user_id, issuer);

create table tenant_management.user_tenants (
    user_id uuid not null,
    tenant_id uuid not null,
    role text not null,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint user_tenants_pkey primary key (tenant_id, user_id),
    constraint user_tenants_user_id_fkey foreign key (user_id)
    references tenant_management.users (id) on delete cascade,
    constraint user_tenants_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint user_tenants_role_check check (role in ('owner', 'admin', 'member', 'viewer')),
    constraint user_tenants_status_check check (status in ('active', 'deactivated'))
);
comment on table tenant_management.user_tenants is 'Which tenants a person administers, and as what';
comment on column tenant_management.user_tenants.user_id is 'The user';
comment on column tenant_management.user_tenants.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.user_tenants.role is 'owner, admin, member or viewer';
comment on column tenant_management.user_tenants.status is 'active or deactivated';
comment on column tenant_management.user_tenants.created_at is 'When the row was made';
comment on column tenant_management.user_tenants.updated_at is 'When the row last changed';

create index user_tenants_user_id_idx on tenant_management.user_tenants (user_id);

create table tenant_management.workflows (
    id text not null,
    tenant_id uuid not null,
    name text not null,
    status text not null default 'pending',
    input jsonb not null,
    correlation_id text,
    started_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint workflows_pkey primary key (id),
    constraint workflows_tenant_id_id_key unique (tenant_id, id),
    constraint workflows_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint workflows_status_check
    check (status in ('pending', 'running', 'halted', 'cancelling', 'cancelled', 'completed'))
);
comment on table tenant_management.workflows is 'Runs of declared workflows, such as provisioning';
comment on column tenant_management.workflows.id is
'Workflow id, such as provision-tenant-{tenantId}: starting it twice is one run';
comment on column tenant_management.workflows.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.workflows.name is 'Declared workflow, such as TenantProvisioningWorkflow';
comment on column tenant_management.workflows.status is 'pending, running, halted, cancelling, cancelled or completed';
comment on column tenant_management.workflows.input is 'What it was started with; no secret';
comment on column tenant_management.workflows.correlation_id is 'Correlation id of the request that started it';
comment on column tenant_management.workflows.started_at is 'When the first step began';
comment on column tenant_management.workflows.finished_at is 'When it ended';
comment on column tenant_management.workflows.created_at is 'When the row was made';
comment on column tenant_management.workflows.updated_at is 'When the row last changed';

create table tenant_management.workflow_steps (
    tenant_id uuid not null,
    workflow_id text not null,
    position integer not null,
    name text not null,
    status text not null default 'pending',
    attempt integer not null default 0,
    max_attempts integer not null,
    started_at timestamptz,
    finished_at timestamptz,
    next_attempt_at timestamptz,
    cause text,
    hint text,
    output jsonb,
    constraint workflow_steps_pkey primary key (workflow_id, position),
    constraint workflow_steps_workflow_id_name_key unique (workflow_id, name),
    constraint workflow_steps_workflow_id_fkey foreign key (tenant_id, workflow_id)
    references tenant_management.workflows (tenant_id, id) on delete cascade,
    constraint workflow_steps_status_check
    check (status in ('pending', 'running', 'waiting', 'completed', 'failed', 'undoing', 'undone'))
);
comment on table tenant_management.workflow_steps is 'Steps of a workflow run: how far it is, and why it waits';
comment on column tenant_management.workflow_steps.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.workflow_steps.workflow_id is 'The run';
comment on column tenant_management.workflow_steps.position is 'Place in the run, from 1';
comment on column tenant_management.workflow_steps.name is 'Declared step, such as createIdpUser';
comment on column tenant_management.workflow_steps.status is
'pending, running, waiting (to be tried again), completed, failed, undoing or undone';
comment on column tenant_management.workflow_steps.attempt is 'Tries made';
comment on column tenant_management.workflow_steps.max_attempts is 'Tries allowed';
comment on column tenant_management.workflow_steps.started_at is 'When the last try began';
comment on column tenant_management.workflow_steps.finished_at is 'When it was completed or undone';
comment on column tenant_management.workflow_steps.next_attempt_at is 'When it is tried again';
comment on column tenant_management.workflow_steps.cause is 'Why the last try failed';
comment on column tenant_management.workflow_steps.hint is 'What an operator can do';
comment on column tenant_management.workflow_steps.output is 'What the step returned; no secret';

create index workflow_steps_tenant_id_workflow_id_idx on tenant_management.workflow_steps (tenant_id, workflow_id);

-- One queue a kind of work; insert-notify wakes the workers.
select pgmq.create('workflows');
select pgmq.enable_notify_insert('workflows', 100);
select pgmq.create('notifications');
select pgmq.enable_notify_insert('notifications', 100);
select pgmq.create('webhooks');
select pgmq.enable_notify_insert('webhooks', 100);

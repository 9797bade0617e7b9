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

-- public is the schema PostgREST serves in the app plane.
grant usage on schema public to anon, authenticated;

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

-- What generated columns call; tables depend on these, so they change by revision only.
create function private.normalize_mpn(mpn text) returns text
language sql immutable parallel safe set search_path = '' as $$
    select nullif(regexp_replace(upper(mpn), '[^A-Z0-9.]+|(?<![0-9])[.]|[.](?![0-9])', '', 'g'), '')
$$;
comment on function private.normalize_mpn(text) is
'A part number as compared: upper case, only A-Z, 0-9 and a point between digits (SMBJ6.0CA is not SMBJ60CA); null when
nothing is left';

create function private.normalize_manufacturer(name text) returns text
language sql immutable parallel safe set search_path = '' as $$
    select regexp_replace(lower(name), '[^[:alnum:]]+', '', 'g')
$$;
comment on function private.normalize_manufacturer(text) is
'A maker''s name as compared: lower case, only letters and digits of any script';

-- Generated columns are computed as whoever writes the row.
grant execute on function private.normalize_mpn(text) to authenticated;
grant execute on function private.normalize_manufacturer(text) to authenticated;

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

create table public.catalogue_parts (
    id uuid not null default gen_random_uuid(),
    mpn text not null,
    normalized_mpn text generated always as (private.normalize_mpn(mpn)) stored,
    manufacturer_id uuid,
    description text,
    category text,
    package text,
    lifecycle text not null default 'unknown',
    datasheet_url text,
    source text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint catalogue_parts_pkey primary key (id),
    constraint catalogue_parts_normalized_mpn_manufacturer_id_key unique nulls not distinct (
        normalized_mpn, manufacturer_id
    ),
    constraint catalogue_parts_manufacturer_id_fkey foreign key (manufacturer_id)
    references public.manufacturers (id) on delete restrict,
    constraint catalogue_parts_lifecycle_check
    check (lifecycle in ('active', 'nrnd', 'last_time_buy', 'eol', 'obsolete', 'unknown')),
    constraint catalogue_parts_normalized_mpn_check check (normalized_mpn <> '')
);
comment on table public.catalogue_parts is 'Parts that all tenants share; read-only for them';
comment on column public.catalogue_parts.id is 'Identifier';
comment on column public.catalogue_parts.mpn is 'Manufacturer part number as the maker writes it';
comment on column public.catalogue_parts.normalized_mpn is
'Part number as compared: upper-case letters, digits, points between digits';
comment on column public.catalogue_parts.manufacturer_id is 'Maker; null where the sources do not say';
comment on column public.catalogue_parts.description is 'What it is';
comment on column public.catalogue_parts.category is 'Category in the source''s words';
comment on column public.catalogue_parts.package is 'Package or footprint name';
comment on column public.catalogue_parts.lifecycle is 'active, nrnd, last_time_buy, eol, obsolete or unknown';
comment on column public.catalogue_parts.datasheet_url is 'Data sheet';
comment on column public.catalogue_parts.source is 'Where the facts come from';
comment on column public.catalogue_parts.created_at is 'When the row was made';
comment on column public.catalogue_parts.updated_at is 'When the row last changed';

create index catalogue_parts_manufacturer_id_idx on public.catalogue_parts (manufacturer_id);
create index catalogue_parts_mpn_trgm_idx on public.catalogue_parts using gin (normalized_mpn extensions.gin_trgm_ops);

create table public.manufacturer_aliases (
    alias text not null,
    normalized_alias text generated always as (private.normalize_manufacturer(alias)) stored,
    manufacturer_id uuid not null,
    constraint manufacturer_aliases_pkey primary key (normalized_alias),
    constraint manufacturer_aliases_manufacturer_id_fkey foreign key (manufacturer_id)
    references public.manufacturers (id) on delete cascade
);
comment on table public.manufacturer_aliases is 'Other spellings of a manufacturer';
comment on column public.manufacturer_aliases.alias is 'The spelling as seen';
comment on column public.manufacturer_aliases.normalized_alias is 'Spelling as compared';
comment on column public.manufacturer_aliases.manufacturer_id is 'Manufacturer it stands for';

create index manufacturer_aliases_manufacturer_id_idx on public.manufacturer_aliases (manufacturer_id);

create table public.organizations (
    id uuid not null default gen_random_uuid(),
    arc_saas_tenant_id uuid not null,
    name text not null,
    slug text not null,
    plan_id text not null,
    status text not null default 'active',
    max_users integer,
    max_components integer,
    max_storage_gb integer,
    provisioned_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint organizations_pkey primary key (id),
    constraint organizations_arc_saas_tenant_id_key unique (arc_saas_tenant_id),
    constraint organizations_slug_key unique (slug),
    constraint organizations_slug_check check (private.is_slug(slug)),
    constraint organizations_status_check check (status in ('active', 'suspended', 'deprovisioned')),
    constraint organizations_max_users_check check (max_users >= 0),
    constraint organizations_max_components_check check (max_components >= 0),
    constraint organizations_max_storage_gb_check check (max_storage_gb >= 0)
);
comment on table public.organizations is 'A tenant''s workspace in the app plane';
comment on column public.organizations.id is 'Identifier';
comment on column public.organizations.arc_saas_tenant_id is 'The tenant in the control plane (its tenants.id)';
comment on column public.organizations.name is 'Display name';
comment on column public.organizations.slug is 'Tenant key: part of the portal URL';
comment on column public.organizations.plan_id is 'Plan, by its id in the control plane';
comment on column public.organizations.status is
'active, suspended or deprovisioned; only an active organization is served';
comment on column public.organizations.max_users is 'Limit of the metric users; null is unlimited';
comment on column public.organizations.max_components is 'Limit of the metric components; null is unlimited';
comment on column public.organizations.max_storage_gb is 'Limit of stored files in gigabytes; null is unlimited';
comment on column public.organizations.provisioned_at is
'When the control plane confirmed the tenant (event tenant.provisioned)';
comment on column public.organizations.created_at is 'When the row was made';
comment on column public.organizations.updated_at is 'When the row last changed';

create table public.audit_logs (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    actor_id uuid,
    action text not null,
    table_name text not null,
    row_id uuid not null,
    before jsonb,
    after jsonb,
    correlation_id text,
    created_at timestamptz not null default now(),
    constraint audit_logs_pkey primary key (id),
    constraint audit_logs_organization_id_id_key unique (organization_id, id),
    constraint audit_logs_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint audit_logs_action_check check (action in ('insert', 'update', 'delete'))
);
comment on table public.audit_logs is 'Who changed what; append-only';
comment on column public.audit_logs.id is 'Identifier';
comment on column public.audit_logs.organization_id is 'Organization that owns the row';
comment on column public.audit_logs.actor_id is 'users.id of who did it; null is the platform';
comment on column public.audit_logs.action is 'insert, update or delete';
comment on column public.audit_logs.table_name is 'Table changed';
comment on column public.audit_logs.row_id is 'Row changed';
comment on column public.audit_logs.before is 'Row before';
comment on column public.audit_logs.after is 'Row after';
comment on column public.audit_logs.correlation_id is 'Correlation id of the request';
comment on column public.audit_logs.created_at is 'When the row was made';

create index audit_logs_organization_id_created_at_idx on public.audit_logs (organization_id, created_at);

create table public.components (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    mpn text not null,
    normalized_mpn text not null generated always as (private.normalize_mpn(mpn)) stored,
    manufacturer text,
    normalized_manufacturer text not null generated always as (
        private.normalize_manufacturer(coalesce(manufacturer, ''))
    ) stored,
    catalogue_part_id uuid,
    description text,
    package text,
    internal_number text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint components_pkey primary key (id),
    constraint components_organization_id_id_key unique (organization_id, id),
    constraint components_organization_id_part_key unique (organization_id, normalized_mpn, normalized_manufacturer),
    constraint components_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint components_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete set null,
    constraint components_mpn_check check (length(mpn) <= 200),
    constraint components_normalized_mpn_check check (normalized_mpn <> '')
);
comment on table public.components is 'The organization''s own part library; counted by the limit maxComponents';
comment on column public.components.id is 'Identifier';
comment on column public.components.organization_id is 'Organization that owns the row';
comment on column public.components.mpn is 'Manufacturer part number';
comment on column public.components.normalized_mpn is 'Part number as compared';
comment on column public.components.manufacturer is 'Manufacturer as understood';
comment on column public.components.normalized_manufacturer is 'Manufacturer as compared; empty when unknown';
comment on column public.components.catalogue_part_id is 'The catalogue part it is, when known';
comment on column public.components.description is 'What it is';
comment on column public.components.package is 'Package or footprint name';
comment on column public.components.internal_number is 'The organization''s own part number';
comment on column public.components.created_at is 'When the row was made';
comment on column public.components.updated_at is 'When the row last changed';

create index components_catalogue_part_id_idx on public.components (catalogue_part_id);

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

create table private.organization_issuers (
    issuer text not null,
    organization_id uuid not null,
    constraint organization_issuers_pkey primary key (issuer),
    constraint organization_issuers_issuer_fkey foreign key (issuer)
    references private.issuers (issuer) on update cascade on delete cascade,
    constraint organization_issuers_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade
);
comment on table private.organization_issuers is 'Which organization an issuer may speak for';
comment on column private.organization_issuers.issuer is 'The iss claim';
comment on column private.organization_issuers.organization_id is 'The only organization it may name';

create index organization_issuers_organization_id_idx on private.organization_issuers (organization_id);

create table private.plan_features (
    plan_id text not null,
    feature text not null,
    constraint plan_features_pkey primary key (plan_id, feature)
);
comment on table private.plan_features is 'Features of each plan, for the flags of a new organization';
comment on column private.plan_features.plan_id is 'Plan';
comment on column private.plan_features.feature is 'Feature key';

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

create table public.projects (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    name text not null,
    description text,
    is_default boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint projects_pkey primary key (id),
    constraint projects_organization_id_id_key unique (organization_id, id),
    constraint projects_organization_id_name_key unique (organization_id, name),
    constraint projects_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint projects_name_check check (length(name) between 1 and 200)
);
comment on table public.projects is 'Groups of BOMs';
comment on column public.projects.id is 'Identifier';
comment on column public.projects.organization_id is 'Organization that owns the row';
comment on column public.projects.name is 'Name, unique in the organization';
comment on column public.projects.description is 'What the project is about';
comment on column public.projects.is_default is 'The project of BOMs uploaded without one';
comment on column public.projects.created_at is 'When the row was made';
comment on column public.projects.updated_at is 'When the row last changed';

create unique index projects_default_idx on public.projects (organization_id) where is_default;

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

create table private.role_permissions (
    role text not null,
    permission text not null,
    constraint role_permissions_pkey primary key (role, permission),
    constraint role_permissions_role_check check (role in ('owner', 'admin', 'member', 'viewer'))
);
comment on table private.role_permissions is 'What each role may do; copied into the permissions claim at the exchange';
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

create table public.usage_counters (
    organization_id uuid not null,
    metric text not null,
    current_count bigint not null,
    updated_at timestamptz not null default now(),
    constraint usage_counters_pkey primary key (organization_id, metric),
    constraint usage_counters_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint usage_counters_metric_check check (metric in ('users', 'components')),
    constraint usage_counters_current_count_check check (current_count >= 0)
);
comment on table public.usage_counters is 'Current use of each limited metric, kept by statement-level triggers';
comment on column public.usage_counters.organization_id is 'Organization that owns the row';
comment on column public.usage_counters.metric is 'users or components';
comment on column public.usage_counters.current_count is 'Rows counted now';
comment on column public.usage_counters.updated_at is 'When the row last changed';

create table public.users (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    email extensions.citext not null,
    first_name text,
    last_name text,
    role text not null default 'member',
    status text not null default 'active',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_pkey primary key (id),
    constraint users_organization_id_id_key unique (organization_id, id),
    constraint users_organization_id_email_key unique (organization_id, email),
    constraint users_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint users_role_check check (role in ('owner', 'admin', 'member', 'viewer')),
    constraint users_status_check check (status in ('active', 'deactivated')),
    constraint users_email_check
    check (length(email) <= 254 and email ~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$')
);
comment on table public.users is 'People of an organization; the truth for their role';
comment on column public.users.id is 'Identifier';
comment on column public.users.organization_id is 'Organization that owns the row';
comment on column public.users.email is 'Address, unique in the organization';
comment on column public.users.first_name is 'Given name';
comment on column public.users.last_name is 'Family name';
comment on column public.users.role is 'owner, admin, member or viewer';
comment on column public.users.status is
'active or deactivated; a deactivated user is refused at once and is not counted';
comment on column public.users.created_at is 'When the row was made';
comment on column public.users.updated_at is 'When the row last changed';

create table public.boms (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    project_id uuid not null,
    name text not null,
    status text not null default 'uploaded',
    file_name text not null,
    file_sha256 text not null,
    file_size bigint not null,
    line_count integer not null default 0,
    processed_line_count integer not null default 0,
    matched_line_count integer not null default 0,
    warning_count integer not null default 0,
    parse_result jsonb,
    error jsonb,
    idempotency_key text,
    request_hash text not null,
    correlation_id text,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint boms_pkey primary key (id),
    constraint boms_organization_id_id_key unique (organization_id, id),
    constraint boms_organization_id_idempotency_key_key unique (organization_id, idempotency_key),
    constraint boms_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint boms_project_id_fkey foreign key (organization_id, project_id)
    references public.projects (organization_id, id) on delete restrict,
    constraint boms_created_by_fkey foreign key (organization_id, created_by)
    references public.users (organization_id, id) on delete set null (created_by),
    constraint boms_status_check check (status in ('uploaded', 'parsing', 'parsed', 'matching', 'ready', 'failed')),
    constraint boms_file_sha256_check check (file_sha256 ~ '^[0-9a-f]{64}$'),
    constraint boms_name_check check (length(name) between 1 and 200),
    constraint boms_idempotency_key_check check (length(idempotency_key) between 1 and 255)
);
comment on table public.boms is 'Bills of materials: an uploaded file and what became of it';
comment on column public.boms.id is 'Identifier';
comment on column public.boms.organization_id is 'Organization that owns the row';
comment on column public.boms.project_id is 'Project it belongs to';
comment on column public.boms.name is 'Display name';
comment on column public.boms.status is 'uploaded, parsing, parsed, matching, ready or failed';
comment on column public.boms.file_name is 'Name the file was uploaded under; never used as a path';
comment on column public.boms.file_sha256 is 'Content of the stored original, lower-case hexadecimal';
comment on column public.boms.file_size is 'Size of the original in bytes';
comment on column public.boms.line_count is 'Lines understood in the file';
comment on column public.boms.processed_line_count is 'Lines matched so far';
comment on column public.boms.matched_line_count is 'Lines with a match';
comment on column public.boms.warning_count is 'Warnings on its lines';
comment on column public.boms.parse_result is
'How the file was read: format, encoding, delimiter, sheet, header_row, mapping, warnings';
comment on column public.boms.error is 'Why it failed: code, message, details, hint';
comment on column public.boms.idempotency_key is 'Idempotency-Key of the upload';
comment on column public.boms.request_hash is 'SHA-256 over content, name and project of the upload';
comment on column public.boms.correlation_id is 'Correlation id of the upload';
comment on column public.boms.created_by is 'User who uploaded it';
comment on column public.boms.created_at is 'When the row was made';
comment on column public.boms.updated_at is 'When the row last changed';

create index boms_organization_id_project_id_idx on public.boms (organization_id, project_id);
create index boms_organization_id_created_by_idx on public.boms (organization_id, created_by);
create index boms_organization_id_file_sha256_idx on public.boms (organization_id, file_sha256);

create table public.alerts (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    type text not null,
    severity text not null default 'warning',
    component_id uuid,
    bom_id uuid,
    title text not null,
    details jsonb not null default '{}'::jsonb,
    status text not null default 'open',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint alerts_pkey primary key (id),
    constraint alerts_organization_id_id_key unique (organization_id, id),
    constraint alerts_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint alerts_component_id_fkey foreign key (organization_id, component_id)
    references public.components (organization_id, id) on delete cascade,
    constraint alerts_bom_id_fkey foreign key (organization_id, bom_id)
    references public.boms (organization_id, id) on delete cascade,
    constraint alerts_type_check check (type in ('component-eol', 'price-change', 'supply-risk', 'bom-enriched')),
    constraint alerts_severity_check check (severity in ('info', 'warning', 'critical')),
    constraint alerts_status_check check (status in ('open', 'acknowledged', 'resolved')),
    constraint alerts_subject_key unique nulls not distinct (organization_id, type, component_id, bom_id)
);
comment on table public.alerts is 'Warnings about parts in an organization''s BOMs';
comment on column public.alerts.id is 'Identifier';
comment on column public.alerts.organization_id is 'Organization that owns the row';
comment on column public.alerts.type is 'component-eol, price-change, supply-risk or bom-enriched';
comment on column public.alerts.severity is 'info, warning or critical';
comment on column public.alerts.component_id is 'Component concerned';
comment on column public.alerts.bom_id is 'BOM concerned';
comment on column public.alerts.title is 'One line for a person';
comment on column public.alerts.details is 'Facts behind it';
comment on column public.alerts.status is 'open, acknowledged or resolved';
comment on column public.alerts.created_at is 'When the row was made';
comment on column public.alerts.updated_at is 'When the row last changed';

create index alerts_bom_id_idx on public.alerts (organization_id, bom_id);
create index alerts_component_id_idx on public.alerts (organization_id, component_id);

create table public.bom_line_items (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    bom_id uuid not null,
    position integer not null,
    row_number integer not null,
    raw jsonb not null,
    reference_designators text[] not null default '{}',
    quantity numeric,
    mpn text,
    normalized_mpn text generated always as (private.normalize_mpn(mpn)) stored,
    manufacturer text,
    supplier text,
    supplier_sku text,
    value text,
    package text,
    description text,
    is_dnp boolean not null default false,
    warnings jsonb not null default '[]'::jsonb,
    alternates jsonb not null default '[]'::jsonb,
    catalogue_part_id uuid,
    component_id uuid,
    match_status text not null default 'pending',
    match_method text,
    match_confidence numeric(3, 2),
    created_at timestamptz not null default now(),
    constraint bom_line_items_pkey primary key (id),
    constraint bom_line_items_organization_id_id_key unique (organization_id, id),
    constraint bom_line_items_bom_id_position_key unique (organization_id, bom_id, position),
    constraint bom_line_items_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint bom_line_items_bom_id_fkey foreign key (organization_id, bom_id)
    references public.boms (organization_id, id) on delete cascade,
    constraint bom_line_items_component_id_fkey foreign key (organization_id, component_id)
    references public.components (organization_id, id) on delete set null (component_id),
    constraint bom_line_items_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete set null,
    constraint bom_line_items_match_status_check
    check (match_status in ('pending', 'matched', 'suggested', 'unmatched')),
    constraint bom_line_items_match_method_check check (match_method in ('mpn_manufacturer', 'mpn', 'supplier_sku')),
    constraint bom_line_items_match_confidence_check check (match_confidence between 0 and 1)
);
comment on table public.bom_line_items is 'Lines of a BOM: what was written beside what was understood and matched';
comment on column public.bom_line_items.id is 'Identifier';
comment on column public.bom_line_items.organization_id is 'Organization that owns the row';
comment on column public.bom_line_items.bom_id is 'BOM it belongs to';
comment on column public.bom_line_items.position is 'Place among the BOM''s lines, from 1';
comment on column public.bom_line_items.row_number is 'Row of the file, from 1';
comment on column public.bom_line_items.raw is 'Header to cell text, verbatim';
comment on column public.bom_line_items.reference_designators is 'References, ranges expanded';
comment on column public.bom_line_items.quantity is 'Quantity per assembly; null where the file does not say';
comment on column public.bom_line_items.mpn is 'Manufacturer part number as understood';
comment on column public.bom_line_items.normalized_mpn is 'Part number as compared';
comment on column public.bom_line_items.manufacturer is 'Manufacturer as understood';
comment on column public.bom_line_items.supplier is 'Distributor of the supplier number';
comment on column public.bom_line_items.supplier_sku is 'Supplier number';
comment on column public.bom_line_items.value is 'Value, such as 100nF';
comment on column public.bom_line_items.package is 'Package or footprint';
comment on column public.bom_line_items.description is 'Description';
comment on column public.bom_line_items.is_dnp is 'Do not place';
comment on column public.bom_line_items.warnings is 'Array of {code, message, column}; the row is row_number';
comment on column public.bom_line_items.alternates is
'Rows of second sources below the line, each header to cell text, verbatim';
comment on column public.bom_line_items.catalogue_part_id is 'Matched or suggested catalogue part';
comment on column public.bom_line_items.component_id is 'The organization''s component';
comment on column public.bom_line_items.match_status is 'pending, matched, suggested or unmatched';
comment on column public.bom_line_items.match_method is 'mpn_manufacturer, mpn or supplier_sku';
comment on column public.bom_line_items.match_confidence is '0 to 1; below 0.70 it is a suggestion';
comment on column public.bom_line_items.created_at is 'When the row was made';

create index bom_line_items_component_id_idx on public.bom_line_items (organization_id, component_id);
create index bom_line_items_catalogue_part_id_idx on public.bom_line_items (catalogue_part_id);

create table public.enrichment_queue (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    bom_line_item_id uuid not null,
    reason text not null,
    status text not null default 'pending',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint enrichment_queue_pkey primary key (id),
    constraint enrichment_queue_organization_id_id_key unique (organization_id, id),
    constraint enrichment_queue_bom_line_item_id_key unique (organization_id, bom_line_item_id),
    constraint enrichment_queue_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint enrichment_queue_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id)
    references public.bom_line_items (organization_id, id) on delete cascade,
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
    constraint notification_preferences_channels_check check (channels <@ array['in_app', 'email', 'sms', 'push'])
);
comment on table public.notification_preferences is 'Which alerts a user, or the whole organization, wants and how';
comment on column public.notification_preferences.id is 'Identifier';
comment on column public.notification_preferences.organization_id is 'Organization that owns the row';
comment on column public.notification_preferences.user_id is 'The user; null is the organization''s default';
comment on column public.notification_preferences.alert_type is 'Type of alert';
comment on column public.notification_preferences.channels is 'in_app, email, sms, push';
comment on column public.notification_preferences.is_enabled is 'Whether it is wanted';
comment on column public.notification_preferences.updated_at is 'When the row last changed';

create table private.user_identities (
    issuer text not null,
    subject text not null,
    organization_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null default now(),
    constraint user_identities_pkey primary key (issuer, subject),
    constraint user_identities_issuer_fkey foreign key (issuer)
    references private.issuers (issuer) on update cascade on delete cascade,
    constraint user_identities_user_id_fkey foreign key (organization_id, user_id)
    references public.users (organization_id, id) on delete cascade
);
comment on table private.user_identities is 'The subjects a person has at issuers';
comment on column private.user_identities.issuer is 'The iss claim';
comment on column private.user_identities.subject is 'The sub claim';
comment on column private.user_identities.organization_id is 'Organization of the user';
comment on column private.user_identities.user_id is 'The user';
comment on column private.user_identities.created_at is 'When the row was made';

create unique index user_identities_user_id_idx on private.user_identities (organization_id, user_id, issuer);

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

create table public.vendor_parts (
    vendor_id uuid not null,
    sku text not null,
    normalized_sku text generated always as (private.normalize_mpn(sku)) stored,
    catalogue_part_id uuid not null,
    source text not null,
    constraint vendor_parts_pkey primary key (vendor_id, normalized_sku),
    constraint vendor_parts_vendor_id_fkey foreign key (vendor_id) references public.vendors (id) on delete cascade,
    constraint vendor_parts_catalogue_part_id_fkey foreign key (catalogue_part_id)
    references public.catalogue_parts (id) on delete cascade
);
comment on table public.vendor_parts is 'Supplier numbers and the catalogue part they stand for';
comment on column public.vendor_parts.vendor_id is 'Distributor';
comment on column public.vendor_parts.sku is 'The distributor''s number';
comment on column public.vendor_parts.normalized_sku is 'Number as compared';
comment on column public.vendor_parts.catalogue_part_id is 'The part';
comment on column public.vendor_parts.source is 'Where the fact comes from';

create index vendor_parts_normalized_sku_idx on public.vendor_parts (normalized_sku);
create index vendor_parts_catalogue_part_id_idx on public.vendor_parts (catalogue_part_id);

-- One queue a kind of work; insert-notify wakes the workers.
select pgmq.create('bom_imports');
select pgmq.enable_notify_insert('bom_imports', 100);
select pgmq.create('identities');
select pgmq.enable_notify_insert('identities', 100);

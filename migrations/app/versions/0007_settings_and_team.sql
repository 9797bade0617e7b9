-- Settings, members of projects, comments with mentions, seats; how long texts may be. Columns have constant
-- defaults, and the rows that a constraint or an index is about are few; lines of BOMs are looked through once for all.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation, ban-drop-constraint
-- squawk-ignore-file adding-not-nullable-field, disallowed-unique-constraint
-- squawk-ignore-file adding-foreign-key-constraint, adding-serial-primary-key-field
create table private.setting_definitions (
    key text not null,
    description text not null,
    schema jsonb not null,
    default_value jsonb not null,
    constraint setting_definitions_pkey primary key (key),
    constraint setting_definitions_key_check check (key ~ '^[a-z][a-z0-9_]{0,99}$')
);
comment on table private.setting_definitions is
'Settings that a tenant may have; the same rows in both planes, from seeds/shared';
comment on column private.setting_definitions.key is 'Name of the setting';
comment on column private.setting_definitions.description is 'What it does, for a person';
comment on column private.setting_definitions.schema is
'What a value may be, in the words of JSON Schema that private.is_valid_setting reads';
comment on column private.setting_definitions.default_value is 'The value of a tenant that has set none';

alter table public.organizations add column settings jsonb not null default '{}'::jsonb;
alter table public.organizations add column settings_revision integer not null default 0;
comment on column public.organizations.settings is
'What the tenant has set in the control plane: {key: value}; rpc/effective_settings adds the defaults';
comment on column public.organizations.settings_revision is 'Number of the settings held here; a lower one is older';

alter table public.users add column joined_at timestamptz;
comment on column public.users.joined_at is
'When the member first signed in; null is invited, which takes a seat as well';
update public.users as u set joined_at = i.first_seen_at
from (select user_id, min(created_at) as first_seen_at from private.user_identities group by user_id) as i
where i.user_id = u.id;

alter table public.projects add column is_private boolean not null default false;
alter table public.projects add constraint projects_is_private_check check (not (is_private and is_default));
comment on column public.projects.is_private is
'Whether only its members (project_members), admins and owners see it and its BOMs; the default project is open to all';
create index projects_private_idx on public.projects (organization_id) where is_private;

create table public.project_members (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    project_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null default now(),
    constraint project_members_pkey primary key (id),
    constraint project_members_organization_id_id_key unique (organization_id, id),
    constraint project_members_project_id_user_id_key unique (organization_id, project_id, user_id),
    constraint project_members_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint project_members_project_id_fkey foreign key (organization_id, project_id)
    references public.projects (organization_id, id) on delete cascade,
    constraint project_members_user_id_fkey foreign key (organization_id, user_id)
    references public.users (organization_id, id) on delete cascade
);
comment on table public.project_members is
'Who works on a project; a private project is seen by these and by those who administer the organization';
comment on column public.project_members.id is 'Identifier';
comment on column public.project_members.organization_id is 'Organization that owns the row';
comment on column public.project_members.project_id is 'The project';
comment on column public.project_members.user_id is 'The user';
comment on column public.project_members.created_at is 'When the row was made';

create index project_members_user_id_idx on public.project_members (organization_id, user_id);

-- What hangs on a line has the line's BOM, by which policies judge it without a look at the line. The index of the lines'
-- keys is replaced, not a further one: an import writes it with each line.
alter table public.bom_line_alternates drop constraint bom_line_alternates_bom_line_item_id_fkey;
alter table public.bom_line_suggestions drop constraint bom_line_suggestions_bom_line_item_id_fkey;
alter table public.enrichment_queue drop constraint enrichment_queue_bom_line_item_id_fkey;
alter table public.bom_line_items drop constraint bom_line_items_organization_id_id_key,
add constraint bom_line_items_bom_id_id_key unique (organization_id, bom_id, id);

alter table public.bom_line_alternates add column bom_id uuid;
update public.bom_line_alternates as a set bom_id = l.bom_id
from public.bom_line_items as l where l.id = a.bom_line_item_id;
alter table public.bom_line_alternates alter column bom_id set not null,
drop constraint bom_line_alternates_bom_line_item_id_rank_key,
add constraint bom_line_alternates_bom_line_item_id_rank_key
unique (organization_id, bom_line_item_id, bom_id, rank),
add constraint bom_line_alternates_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id, bom_id)
references public.bom_line_items (organization_id, id, bom_id) on delete cascade;
comment on column public.bom_line_alternates.bom_id is 'BOM of the line, for the policies';

alter table public.bom_line_suggestions add column bom_id uuid;
update public.bom_line_suggestions as s set bom_id = l.bom_id
from public.bom_line_items as l where l.id = s.bom_line_item_id;
alter table public.bom_line_suggestions alter column bom_id set not null,
drop constraint bom_line_suggestions_pkey,
add constraint bom_line_suggestions_pkey primary key (organization_id, bom_line_item_id, bom_id, rank),
add constraint bom_line_suggestions_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id, bom_id)
references public.bom_line_items (organization_id, id, bom_id) on delete cascade;
comment on column public.bom_line_suggestions.bom_id is 'BOM of the line, for the policies';

alter table public.enrichment_queue add column bom_id uuid;
alter table public.enrichment_queue disable trigger user; -- nobody touched the rows: updated_at stays
update public.enrichment_queue as q set bom_id = l.bom_id
from public.bom_line_items as l where l.id = q.bom_line_item_id;
alter table public.enrichment_queue enable trigger user;
alter table public.enrichment_queue alter column bom_id set not null,
drop constraint enrichment_queue_bom_line_item_id_key,
add constraint enrichment_queue_bom_line_item_id_key unique (organization_id, bom_line_item_id, bom_id),
add constraint enrichment_queue_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id, bom_id)
references public.bom_line_items (organization_id, id, bom_id) on delete cascade;
comment on column public.enrichment_queue.bom_id is 'BOM of the line, for the policies';

create table public.bom_line_comments (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null default private.current_organization_id(),
    bom_id uuid not null,
    bom_line_item_id uuid not null,
    author_id uuid,
    body text not null,
    edited_at timestamptz,
    created_at timestamptz not null default now(),
    constraint bom_line_comments_pkey primary key (id),
    constraint bom_line_comments_bom_id_id_key unique (organization_id, bom_id, id),
    constraint bom_line_comments_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint bom_line_comments_bom_line_item_id_fkey foreign key (organization_id, bom_line_item_id, bom_id)
    references public.bom_line_items (organization_id, id, bom_id) on delete cascade,
    constraint bom_line_comments_author_id_fkey foreign key (organization_id, author_id)
    references public.users (organization_id, id) on delete set null (author_id),
    constraint bom_line_comments_body_check check (length(body) between 1 and 4000)
);
comment on table public.bom_line_comments is
'What members say about a line of a BOM; gone with the line, so also when the file is imported again';
comment on column public.bom_line_comments.id is 'Identifier';
comment on column public.bom_line_comments.organization_id is 'Organization that owns the row';
comment on column public.bom_line_comments.bom_id is
'BOM of the line, for the policies; found by the line (private.stamp_comment)';
comment on column public.bom_line_comments.bom_line_item_id is 'The line';
comment on column public.bom_line_comments.author_id is
'Who wrote it, and alone may edit it; null when the user is gone';
comment on column public.bom_line_comments.body is
'Text, 1 to 4,000 characters; @name or @name@company.example mentions a member';
comment on column public.bom_line_comments.edited_at is 'When its text last changed (rpc/edit_comment); null if never';
comment on column public.bom_line_comments.created_at is 'When the row was made';

create index bom_line_comments_bom_line_item_id_idx
on public.bom_line_comments (organization_id, bom_line_item_id, bom_id);
create index bom_line_comments_author_id_idx on public.bom_line_comments (organization_id, author_id);

create table public.mentions (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    bom_id uuid not null,
    bom_line_comment_id uuid not null,
    user_id uuid not null,
    read_at timestamptz,
    created_at timestamptz not null default now(),
    constraint mentions_pkey primary key (id),
    constraint mentions_organization_id_id_key unique (organization_id, id),
    constraint mentions_bom_line_comment_id_user_id_key
    unique (organization_id, bom_line_comment_id, bom_id, user_id),
    constraint mentions_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint mentions_bom_line_comment_id_fkey foreign key (organization_id, bom_line_comment_id, bom_id)
    references public.bom_line_comments (organization_id, id, bom_id) on delete cascade,
    constraint mentions_user_id_fkey foreign key (organization_id, user_id)
    references public.users (organization_id, id) on delete cascade
);
comment on table public.mentions is
'Members that a comment names: the notification in the application; a mail is sent beside it';
comment on column public.mentions.id is 'Identifier';
comment on column public.mentions.organization_id is 'Organization that owns the row';
comment on column public.mentions.bom_id is 'BOM of the comment, for the policies';
comment on column public.mentions.bom_line_comment_id is 'The comment';
comment on column public.mentions.user_id is 'Who is mentioned';
comment on column public.mentions.read_at is 'When the member said that it is read (rpc/read_mention); null until then';
comment on column public.mentions.created_at is 'When the row was made';

create index mentions_user_id_idx on public.mentions (organization_id, user_id, created_at);

select pgmq.create('notifications');
select pgmq.enable_notify_insert('notifications', 100);

-- What is longer already is cut: none of it can be a name or a number.
create function private.is_person_name(value text) returns boolean
language sql immutable parallel safe set search_path = '' as $$
    select value !~ '[[:cntrl:]\u0085\u2028-\u202e\u2066-\u2069/\\:@<>]|[.\u3002\uff0e\uff61][^[:space:].]{2}'
$$;
comment on function private.is_person_name(text) is
'True for a text without line breaks, marks of direction, the signs / \ : @ < >, and dots inside of words: what a mail
program would make a link of is no name to greet somebody with';
grant execute on function private.is_person_name(text) to authenticated, platform_admin;

update public.users as u set
    first_name = left(regexp_replace(
        u.first_name, '[[:cntrl:]\u0085\u2028-\u202e\u2066-\u2069/\\:@<>.\u3002\uff0e\uff61]+', ' ', 'g'), 100),
    last_name = left(regexp_replace(
        u.last_name, '[[:cntrl:]\u0085\u2028-\u202e\u2066-\u2069/\\:@<>.\u3002\uff0e\uff61]+', ' ', 'g'), 100)
where greatest(length(u.first_name), length(u.last_name)) > 100
    or private.is_person_name(u.first_name) is false or private.is_person_name(u.last_name) is false;
alter table public.users
add constraint users_first_name_check check (length(first_name) <= 100 and private.is_person_name(first_name)),
add constraint users_last_name_check check (length(last_name) <= 100 and private.is_person_name(last_name));

update public.organizations as o set name = left(coalesce(nullif(o.name, ''), o.slug), 200)
where length(o.name) not between 1 and 200;
alter table public.organizations
add constraint organizations_name_check check (length(name) between 1 and 200);

update public.projects as p set description = left(p.description, 4000) where length(p.description) > 4000;
alter table public.projects
add constraint projects_description_check check (length(description) <= 4000);

update public.components as c set
    manufacturer = left(c.manufacturer, 200), description = left(c.description, 4000), package = left(c.package, 200),
    internal_number = left(c.internal_number, 200)
where length(c.description) > 4000
    or greatest(length(c.manufacturer), length(c.package), length(c.internal_number)) > 200;
alter table public.components
add constraint components_manufacturer_check check (length(manufacturer) <= 200),
add constraint components_description_check check (length(description) <= 4000),
add constraint components_package_check check (length(package) <= 200),
add constraint components_internal_number_check check (length(internal_number) <= 200);

update public.notification_preferences as n set channels = array(select distinct c from unnest(n.channels) as c)
where cardinality(n.channels) > 4;
alter table public.notification_preferences drop constraint notification_preferences_channels_check,
add constraint notification_preferences_channels_check
check (cardinality(channels) <= 4 and channels <@ array['in_app', 'email', 'sms', 'push']);

update public.bom_line_items as l set
    unit = left(l.unit, 200), mpn = left(l.mpn, 200), manufacturer = left(l.manufacturer, 200),
    supplier = left(l.supplier, 200), supplier_sku = left(l.supplier_sku, 200), value = left(l.value, 200),
    package = left(l.package, 200), internal_number = left(l.internal_number, 200),
    description = left(l.description, 4000)
where length(l.description) > 4000 or greatest(
    length(l.unit), length(l.mpn), length(l.manufacturer), length(l.supplier), length(l.supplier_sku), length(l.value),
    length(l.package), length(l.internal_number)
) > 200;
update public.bom_line_items as l set
    reference_designators = array(select left(r, 200) from unnest(l.reference_designators[1:1000]) as r),
    dnp_reference_designators = array(select left(r, 200) from unnest(l.dnp_reference_designators[1:1000]) as r)
where octet_length(l.reference_designators::text) + 7 * cardinality(l.reference_designators) > 1048000
    or octet_length(l.dnp_reference_designators::text) + 7 * cardinality(l.dnp_reference_designators) > 1048000;
alter table public.bom_line_items
add constraint bom_line_items_reference_designators_check check (pg_column_size(reference_designators) <= 1048576),
add constraint bom_line_items_dnp_reference_designators_check
check (pg_column_size(dnp_reference_designators) <= 1048576),
add constraint bom_line_items_unit_check check (length(unit) <= 200),
add constraint bom_line_items_mpn_check check (length(mpn) <= 200),
add constraint bom_line_items_manufacturer_check check (length(manufacturer) <= 200),
add constraint bom_line_items_supplier_check check (length(supplier) <= 200),
add constraint bom_line_items_supplier_sku_check check (length(supplier_sku) <= 200),
add constraint bom_line_items_value_check check (length(value) <= 200),
add constraint bom_line_items_package_check check (length(package) <= 200),
add constraint bom_line_items_description_check check (length(description) <= 4000),
add constraint bom_line_items_internal_number_check check (length(internal_number) <= 200);

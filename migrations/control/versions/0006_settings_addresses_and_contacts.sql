-- Settings are checked against definitions and told to the app plane; contacts of several types, lengths of names.
-- The tables have a row or two a tenant.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid, disallowed-unique-constraint
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

comment on table tenant_management.settings is
'What a tenant has set; what it has not set has its default (rpc/effective_settings)';
comment on column tenant_management.settings.key is 'Name of the setting, one of private.setting_definitions';
comment on column tenant_management.settings.value is 'Its value, as the definition allows';
alter table tenant_management.tenants add column settings_revision integer not null default 0;
comment on column tenant_management.tenants.settings_revision is
'Counts the changes of its settings; the app plane keeps those of the highest number';

comment on table tenant_management.addresses is 'Postal addresses of a tenant, one of each kind';
alter table tenant_management.addresses
add constraint addresses_line2_check check (length(line2) <= 200),
add constraint addresses_region_check check (length(region) <= 200),
add constraint addresses_postal_code_check check (length(postal_code) <= 200);

comment on column tenant_management.contacts.email is 'Mail address; one person may be a contact of several types';
alter table tenant_management.contacts
drop constraint contacts_tenant_id_email_key,
add constraint contacts_tenant_id_email_type_key unique (tenant_id, email, type),
add constraint contacts_first_name_check check (length(first_name) between 1 and 200),
add constraint contacts_last_name_check check (length(last_name) between 1 and 200);

-- Names stand in mails to an address that somebody gave.
create function private.is_person_name(value text) returns boolean
language sql immutable parallel safe set search_path = '' as $$
    select value !~ '[[:cntrl:]\u0085\u2028-\u202e\u2066-\u2069/\\:@<>]|[.\u3002\uff0e\uff61][^[:space:].]{2}'
$$;
comment on function private.is_person_name(text) is
'True for a text without line breaks, marks of direction, the signs / \ : @ < >, and dots inside of words: what a mail
program would make a link of is no name to greet somebody with';
grant execute on function private.is_person_name(text) to authenticated, platform_admin;

update tenant_management.leads as l set
    first_name = coalesce(nullif(trim(regexp_replace(
        l.first_name, '[[:cntrl:]\u0085\u2028-\u202e\u2066-\u2069/\\:@<>.\u3002\uff0e\uff61]+', ' ', 'g')), ''), '-'),
    last_name = coalesce(nullif(trim(regexp_replace(
        l.last_name, '[[:cntrl:]\u0085\u2028-\u202e\u2066-\u2069/\\:@<>.\u3002\uff0e\uff61]+', ' ', 'g')), ''), '-')
where not (private.is_person_name(l.first_name) and private.is_person_name(l.last_name));
update tenant_management.leads as l set
    company_name = regexp_replace(l.company_name, '[[:cntrl:]<>]|://|www[.]', ' ', 'gi')
where l.company_name ~* '[[:cntrl:]<>]|://|www[.]';
alter table tenant_management.leads
drop constraint leads_first_name_check,
drop constraint leads_last_name_check,
drop constraint leads_company_name_check,
add constraint leads_first_name_check
check (length(first_name) between 1 and 100 and private.is_person_name(first_name)),
add constraint leads_last_name_check
check (length(last_name) between 1 and 100 and private.is_person_name(last_name)),
add constraint leads_company_name_check
check (length(company_name) between 1 and 200 and company_name !~* '[[:cntrl:]<>]|://|www[.]');

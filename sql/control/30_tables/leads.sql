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
    constraint leads_first_name_check
    check (length(first_name) between 1 and 100 and private.is_person_name(first_name)),
    constraint leads_last_name_check
    check (length(last_name) between 1 and 100 and private.is_person_name(last_name)),
    constraint leads_company_name_check
    check (length(company_name) between 1 and 200 and company_name !~* '[[:cntrl:]<>]|://|www[.]')
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

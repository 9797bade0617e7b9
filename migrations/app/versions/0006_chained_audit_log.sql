-- The audit log as a chain of hashes a tenant, in partitions by expiry. Entries from before move into the chain when the
-- functions are applied. Writers of audited tables wait while it runs, which is short.
-- squawk-ignore-file ban-drop-function, renaming-table, renaming-object, ban-set-schema
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid

drop trigger if exists _800_write_audit_log on public.users;
drop trigger if exists _800_write_audit_log on public.projects;
drop trigger if exists _800_write_audit_log on public.boms;
drop function if exists private.write_audit_log();
delete from private.repeatable_objects where path = 'functions/app/private/write_audit_log.sql';

alter table public.audit_logs rename to audit_logs_unchained;
alter table public.audit_logs_unchained set schema private;
revoke all on private.audit_logs_unchained from authenticated;
alter index private.audit_logs_pkey rename to audit_logs_unchained_pkey;
alter index private.audit_logs_organization_id_created_at_idx rename to audit_logs_unchained_created_at_idx;
alter table private.audit_logs_unchained drop constraint audit_logs_organization_id_fkey;

create table private.audit_chains (
    owner_id uuid not null,
    last_number bigint not null default 0,
    last_hash bytea not null default decode(repeat('00', 32), 'hex'),
    last_expires_on date not null default '0001-01-01',
    anchor_number bigint not null default 0,
    anchor_hash bytea not null default decode(repeat('00', 32), 'hex'),
    constraint audit_chains_pkey primary key (owner_id),
    constraint audit_chains_anchor_number_check check (anchor_number between 0 and last_number)
);
comment on table private.audit_chains is
'Where the audit chain of each tenant ends, and where what is kept of it begins';
comment on column private.audit_chains.owner_id is 'Tenant, as the log names it; all zeros is the platform itself';
comment on column private.audit_chains.last_number is 'Number of the newest entry; 0 before the first';
comment on column private.audit_chains.last_hash is 'Hash of the newest entry; 32 zero bytes before the first';
comment on column private.audit_chains.last_expires_on is 'Day until which the newest entry is kept at least';
comment on column private.audit_chains.anchor_number is
'Number of the newest entry that retention dropped; 0 is none';
comment on column private.audit_chains.anchor_hash is 'Its hash, which the oldest kept entry continues';

-- Unlogged: a row lives within one transaction only, so that a crash loses none that was committed.
create unlogged table private.audit_pending (
    id bigint generated always as identity,
    transaction_id xid8 not null default pg_current_xact_id(),
    owner_id uuid not null,
    actor_kind text not null,
    actor_id uuid,
    actor_login text not null,
    table_name text not null,
    row_ids text[] not null,
    befores jsonb[] not null,
    afters jsonb[] not null,
    correlation_id text,
    created_at timestamptz not null default now(),
    constraint audit_pending_pkey primary key (transaction_id, id)
);
alter table private.audit_pending alter column befores set storage external, alter column afters set storage external;
comment on table private.audit_pending is
'Audit entries of a transaction under way, a row for each statement and tenant; chained and gone at its commit';
comment on column private.audit_pending.id is 'Order within the transaction';
comment on column private.audit_pending.transaction_id is 'Transaction that writes them';
comment on column private.audit_pending.owner_id is 'Tenant, as the log names it; all zeros is the platform itself';
comment on column private.audit_pending.actor_kind is 'Who did it: user, platform_admin, worker or system';
comment on column private.audit_pending.actor_id is 'users.id of a user or platform admin';
comment on column private.audit_pending.actor_login is 'Database login it came through';
comment on column private.audit_pending.table_name is 'Table changed';
comment on column private.audit_pending.row_ids is 'Primary keys of the rows changed';
comment on column private.audit_pending.befores is 'What the rows were';
comment on column private.audit_pending.afters is 'What the rows are';
comment on column private.audit_pending.correlation_id is 'Correlation id of the request or message';
comment on column private.audit_pending.created_at is 'When the transaction began';

-- No reference to the organization: what was done outlives whom it was done to. Partitions are months of
-- expires_on, in schema private, made by private.make_audit_partition.
create table public.audit_logs (
    organization_id uuid not null,
    number bigint not null,
    actor_kind text not null,
    actor_id uuid,
    actor_login text not null,
    action text not null,
    table_name text not null,
    row_id text not null,
    before jsonb,
    after jsonb,
    correlation_id text,
    created_at timestamptz not null,
    expires_on date not null,
    hash bytea not null,
    constraint audit_logs_pkey primary key (organization_id, number, expires_on),
    constraint audit_logs_actor_kind_check check (actor_kind in ('user', 'platform_admin', 'worker', 'system')),
    constraint audit_logs_action_check check (action in ('insert', 'update', 'delete'))
) partition by range (expires_on);
comment on table public.audit_logs is 'Who changed what; append-only, chained by hashes';
comment on column public.audit_logs.organization_id is 'Organization it is about; all zeros is the platform itself';
comment on column public.audit_logs.number is
'Place in the chain of the tenant, from 1 without a gap, in order of commit';
comment on column public.audit_logs.actor_kind is
'Who did it: user, platform_admin, worker, or system (signup, set-up, by hand)';
comment on column public.audit_logs.actor_id is 'users.id of a user or platform admin';
comment on column public.audit_logs.actor_login is 'Database login it came through';
comment on column public.audit_logs.action is 'insert, update or delete';
comment on column public.audit_logs.table_name is 'Table changed';
comment on column public.audit_logs.row_id is 'Primary key of the row changed; several columns are joined by /';
comment on column public.audit_logs.before is 'The row before; of an update the columns that changed';
comment on column public.audit_logs.after is 'The row after; of an update the columns that changed';
comment on column public.audit_logs.correlation_id is 'Correlation id of the request or message';
comment on column public.audit_logs.created_at is 'When the transaction began';
comment on column public.audit_logs.expires_on is
'Day until which the entry is kept at least: by the plan when it was written';
comment on column public.audit_logs.hash is 'SHA-256 over the hash of the entry before and this entry';

create index audit_logs_organization_id_created_at_idx on public.audit_logs (organization_id, created_at);

alter table public.organizations add column audit_days integer,
add constraint organizations_audit_days_check check (audit_days >= 0);
comment on column public.organizations.audit_days is
'For how many days audit entries are kept at least; null is for ever';
update public.organizations set audit_days = case plan_id
    when 'plan-free' then 30 when 'plan-basic' then 90 when 'plan-professional' then 365 when 'plan-enterprise' then 2555
end;

-- Who is there from now on has a chain: one that is gone is found.
insert into private.audit_chains (owner_id) select o.id from public.organizations as o;

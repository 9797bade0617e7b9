-- Who changed what in the control plane, as a chain of hashes a tenant; and for how long each plan keeps it.
-- Plans have a handful of limits: their check is validated at once.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid

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

-- No reference to the tenant: what was done outlives whom it was done to. Partitions are months of
-- expires_on, in schema private, made by private.make_audit_partition.
create table tenant_management.activity_log (
    tenant_id uuid not null,
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
    constraint activity_log_pkey primary key (tenant_id, number, expires_on),
    constraint activity_log_actor_kind_check check (actor_kind in ('user', 'platform_admin', 'worker', 'system')),
    constraint activity_log_action_check check (action in ('insert', 'update', 'delete'))
) partition by range (expires_on);
comment on table tenant_management.activity_log is
'Who changed what about a tenant or the platform; append-only, chained by hashes';
comment on column tenant_management.activity_log.tenant_id is 'Tenant it is about; all zeros is the platform itself';
comment on column tenant_management.activity_log.number is
'Place in the chain of the tenant, from 1 without a gap, in order of commit';
comment on column tenant_management.activity_log.actor_kind is
'Who did it: user, platform_admin, worker, or system (signup, set-up, by hand)';
comment on column tenant_management.activity_log.actor_id is 'users.id of a user or platform admin';
comment on column tenant_management.activity_log.actor_login is 'Database login it came through';
comment on column tenant_management.activity_log.action is 'insert, update or delete';
comment on column tenant_management.activity_log.table_name is 'Table changed';
comment on column tenant_management.activity_log.row_id is
'Primary key of the row changed; several columns are joined by /';
comment on column tenant_management.activity_log.before is 'The row before; of an update the columns that changed';
comment on column tenant_management.activity_log.after is 'The row after; of an update the columns that changed';
comment on column tenant_management.activity_log.correlation_id is 'Correlation id of the request or message';
comment on column tenant_management.activity_log.created_at is 'When the transaction began';
comment on column tenant_management.activity_log.expires_on is
'Day until which the entry is kept at least: by the plan when it was written';
comment on column tenant_management.activity_log.hash is 'SHA-256 over the hash of the entry before and this entry';

create index activity_log_tenant_id_created_at_idx on tenant_management.activity_log (tenant_id, created_at);

alter table tenant_management.plan_limits drop constraint plan_limits_metric_check,
add constraint plan_limits_metric_check check (
    metric in ('users', 'components', 'storage_gb', 'api_calls', 'api_calls_per_minute', 'audit_days')
);
comment on column tenant_management.plan_limits.metric is
'users, components, storage_gb, api_calls (a month), api_calls_per_minute, or audit_days (for how long the audit log is
kept)';

-- Who is there from now on has a chain: one that is gone is found.
insert into private.audit_chains (owner_id) select t.id from tenant_management.tenants as t;

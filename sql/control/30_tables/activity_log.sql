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

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

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

-- Queues are read by tenant and time, workers say which outside systems they wait for, and the ledger is written for
-- every message. The functions that go are the workers' of before: stop them first.
-- squawk-ignore-file require-concurrent-index-creation, ban-drop-function
-- Of a bounded length, since each queue has an index on it.
create function private.message_owner(message jsonb) returns text
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return left(coalesce(message ->> 'organization_id', message ->> 'tenant_id', ''), 36);
end
$$;
comment on function private.message_owner(jsonb) is 'Whose message it is, so that tenants take turns; empty: nobody''s';

-- Whose turn it is, and what of it is due: found without walking over what is hidden.
create index q_bom_imports_owner_idx on pgmq.q_bom_imports (private.message_owner(message), vt);
create index q_bom_suggestions_owner_idx on pgmq.q_bom_suggestions (private.message_owner(message), vt);
create index q_identities_owner_idx on pgmq.q_identities (private.message_owner(message), vt);
create index q_webhooks_owner_idx on pgmq.q_webhooks (private.message_owner(message), vt);
create index q_notifications_owner_idx on pgmq.q_notifications (private.message_owner(message), vt);

create table private.breakers (
    queue text not null,
    system text not null,
    cause text not null,
    failure_count integer not null,
    opened_at timestamptz not null default now(),
    retry_at timestamptz not null,
    constraint breakers_pkey primary key (queue, system)
);
comment on table private.breakers is
'Outside systems that queues wait for now, as the workers last saw them; for operators, nothing is decided by it';
comment on column private.breakers.queue is 'Queue whose messages wait';
comment on column private.breakers.system is 'Outside system that fails, such as the identity provider';
comment on column private.breakers.cause is 'How it failed last';
comment on column private.breakers.failure_count is 'Failures in a row';
comment on column private.breakers.opened_at is 'Since when it has been failing';
comment on column private.breakers.retry_at is 'When it is tried next';

create index processed_events_processed_at_idx on private.processed_events (processed_at);

drop function if exists private.read_messages(text, integer, integer);
drop function if exists private.archive_message(text, bigint);
drop function if exists private.extend_message(text, bigint, integer);
drop function if exists private.bury_message(text, bigint, integer, jsonb, text);

delete from private.repeatable_objects where path in (
    'functions/shared/private/read_messages.sql', 'functions/shared/private/archive_message.sql',
    'functions/shared/private/extend_message.sql'
);

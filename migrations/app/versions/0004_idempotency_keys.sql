-- Keys of requests that create, written in the transaction of their effect.
-- Uploads had columns of their own for theirs; their keys are forgotten by this. Nothing else reads the columns.
-- squawk-ignore-file ban-drop-column, ban-drop-function

create table private.idempotency_keys (
    key_hash text not null,
    fingerprint text not null,
    transaction_id xid8 not null default pg_current_xact_id(),
    answer jsonb,
    created_at timestamptz not null default now(),
    constraint idempotency_keys_pkey primary key (key_hash)
);
comment on table private.idempotency_keys is
'Requests with an Idempotency-Key that were carried out: each row is written in the transaction of its effect';
comment on column private.idempotency_keys.key_hash is 'SHA-256 over whose key it is and the key';
comment on column private.idempotency_keys.fingerprint is
'SHA-256 over the request: the same key with another one is refused';
comment on column private.idempotency_keys.transaction_id is
'Transaction of the effect: the rows it wrote have it as xmin until they change';
comment on column private.idempotency_keys.answer is
'What was answered: from PostgREST {status, headers, body}, at an edge {value}. Null where a crash or its size lost it';
comment on column private.idempotency_keys.created_at is 'When the effect''s transaction began; counts for 24 hours';

create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);

drop function if exists private.create_bom(uuid, text, text, text, bigint, text, boolean, uuid);
alter table public.boms drop column idempotency_key, drop column request_hash;

create table private.dead_letters (
    id uuid not null default gen_random_uuid(),
    queue text not null,
    message_id bigint not null,
    message jsonb not null,
    attempt_count integer not null,
    error text not null,
    correlation_id text,
    created_at timestamptz not null default now(),
    constraint dead_letters_pkey primary key (id),
    constraint dead_letters_queue_message_id_key unique (queue, message_id)
);
comment on table private.dead_letters is
'Messages whose tries are used up, with the error, for a person to replay or drop';
comment on column private.dead_letters.id is 'Identifier';
comment on column private.dead_letters.queue is 'Queue the message was taken from';
comment on column private.dead_letters.message_id is 'pgmq message id';
comment on column private.dead_letters.message is 'The message as it was read';
comment on column private.dead_letters.attempt_count is 'Tries made';
comment on column private.dead_letters.error is 'Last error, without secrets';
comment on column private.dead_letters.correlation_id is 'Correlation id of the request that caused the message';
comment on column private.dead_letters.created_at is 'When the message was given up';

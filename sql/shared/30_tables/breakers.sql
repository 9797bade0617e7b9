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

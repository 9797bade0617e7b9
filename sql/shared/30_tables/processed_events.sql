create table private.processed_events (
    consumer text not null,
    event_id uuid not null,
    processed_at timestamptz not null default now(),
    constraint processed_events_pkey primary key (consumer, event_id)
);
comment on table private.processed_events is
'Ledger of events whose effect is committed: a replayed message is known by it';
comment on column private.processed_events.consumer is 'Queue or webhook that processed the event';
comment on column private.processed_events.event_id is 'event_id of the message';
comment on column private.processed_events.processed_at is 'When the effect was committed';

create index processed_events_processed_at_idx on private.processed_events (processed_at);

create table private.rate_limits (
    bucket text not null,
    window_started_at timestamptz not null,
    hit_count integer not null,
    constraint rate_limits_pkey primary key (bucket)
);
comment on table private.rate_limits is 'Fixed-window counters for public endpoints';
comment on column private.rate_limits.bucket is 'What is limited, hashed where it is personal data';
comment on column private.rate_limits.window_started_at is 'Start of the current window';
comment on column private.rate_limits.hit_count is 'Hits in the current window';

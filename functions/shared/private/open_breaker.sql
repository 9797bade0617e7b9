create or replace function private.open_breaker(
    queue text, system text, cause text, failure_count integer, pause_seconds double precision
) returns void
language sql volatile security definer set search_path = '' as $$
    insert into private.breakers as b (queue, system, cause, failure_count, retry_at)
    values (
        open_breaker.queue, open_breaker.system, left(open_breaker.cause, 500), open_breaker.failure_count,
        clock_timestamp() + make_interval(secs => pause_seconds)
    )
    on conflict on constraint breakers_pkey do update set
        cause = excluded.cause, failure_count = excluded.failure_count, retry_at = excluded.retry_at
$$;
comment on function private.open_breaker(text, text, text, integer, double precision) is
'Tells operators that the messages of a queue wait for an outside system, and when it is tried next.

Idempotent: yes.';
grant execute on function private.open_breaker(text, text, text, integer, double precision) to ananta_worker;

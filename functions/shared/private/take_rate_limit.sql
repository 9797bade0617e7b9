create or replace function private.take_rate_limit(
    bucket text, hit_limit integer, window_length interval
) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    counter private.rate_limits;
begin
    insert into private.rate_limits as r (bucket, window_started_at, hit_count)
    values (encode(extensions.digest(take_rate_limit.bucket, 'sha256'), 'hex'), now(), 1)
    on conflict on constraint rate_limits_pkey do update set
        window_started_at = case when r.window_started_at + window_length <= now() then now() else r.window_started_at end,
        hit_count = case when r.window_started_at + window_length <= now() then 1 else r.hit_count + 1 end
    returning * into counter;
    if counter.hit_count <= hit_limit then
        return 0;
    end if;
    return greatest(1, ceil(extract(epoch from counter.window_started_at + window_length - now())))::integer;
end
$$;
comment on function private.take_rate_limit(text, integer, interval) is
'Counts one hit on a bucket. Returns 0 within the limit, else the seconds until it opens again.

Effects: the bucket is stored as its SHA-256, for it may be an address.';
grant execute on function private.take_rate_limit(text, integer, interval) to ananta_edge;

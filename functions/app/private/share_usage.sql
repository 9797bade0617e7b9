create or replace function private.share_usage(counter private.usage_counters, delta bigint) returns bigint
language plpgsql volatile security definer set search_path = '' as $$
declare
    piece constant bigint := coalesce(
        floor((counter.limit_value * 0.8 - counter.current_count) * 0.75 / 32), 1000000000000);
begin
    if counter.threshold > 0 or piece < greatest(1, 10 * abs(delta)) then
        return 0;
    end if;
    insert into private.usage_counters (organization_id, metric, number, current_count, reserved_count)
    select counter.organization_id, counter.metric, n, 0, piece from generate_series(1, 32) as n;
    return 32 * piece;
end
$$;
comment on function private.share_usage(private.usage_counters, bigint) is
'Makes the shares of a counter that is locked, and says what they may count together: three quarters of the room below
the first threshold. Makes none, and says 0, where a share had no room for ten times delta.';

-- PGRST, for PostgREST takes a header such as Retry-After from no other error.
create or replace function private.refuse_throttled(throttled_until timestamptz, reason text) returns void
language plpgsql stable set search_path = '' as $$
declare
    seconds constant integer := greatest(1, ceil(extract(epoch from throttled_until - clock_timestamp())));
begin
    raise sqlstate 'PGRST' using
        message = json_build_object(
            'code', 'PT429', 'message', 'too_many_requests',
            'details', json_build_object('reason', reason, 'retry_after', seconds)::text,
            'hint', case reason
                when 'quota' then 'The API calls of this month are used up. Upgrade the plan, or wait for the next month.'
                else 'Call less often, or upgrade the plan. Try again after Retry-After seconds.' end)::text,
        detail = json_build_object('status', 429, 'headers', json_build_object('Retry-After', seconds::text))::text;
end
$$;
comment on function private.refuse_throttled(timestamptz, text) is
'Refuses a request of a throttled organization, with Retry-After.

Errors: too_many_requests (429), details {reason, retry_after}.';

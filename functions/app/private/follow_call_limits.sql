create or replace function private.follow_call_limits() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
    delete from private.api_rates as r where r.organization_id = new.id;
    return null;
end
$$;
comment on function private.follow_call_limits() is
'Trigger: other limits of API calls are measured anew, so that an upgrade opens the API at once. Who is still over is
throttled again by the next calls that are counted';

create or replace trigger _500_follow_call_limits
after update of max_api_calls, max_api_calls_per_minute on public.organizations
for each row when (
    (old.max_api_calls, old.max_api_calls_per_minute) is distinct from (new.max_api_calls, new.max_api_calls_per_minute)
) execute function private.follow_call_limits();

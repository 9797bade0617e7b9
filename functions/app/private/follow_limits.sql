create or replace function private.follow_limits() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    limited text;
    counter private.usage_counters;
begin
    foreach limited in array array['components', 'storage_bytes', 'users'] loop
        perform private.lock_usage(new.id, limited);
        update private.usage_counters as c set limit_value = private.usage_limit(new.id, limited)
        where c.organization_id = new.id and c.metric = limited and c.number = 0
        returning c.* into counter;
        perform private.follow_threshold(counter);
    end loop;
    return null;
end
$$;
comment on function private.follow_limits() is
'Trigger: new limits are in force with the counters locked, and have their own thresholds. A limit below the use is
reported, and nothing is taken away.

Effects: usage_counters; as private.follow_threshold.';

create or replace trigger _500_follow_limits
after update of max_users, max_components, max_storage_gb on public.organizations
for each row when (
    (old.max_users, old.max_components, old.max_storage_gb)
    is distinct from (new.max_users, new.max_components, new.max_storage_gb)
) execute function private.follow_limits();

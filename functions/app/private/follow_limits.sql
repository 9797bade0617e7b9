create or replace function private.follow_limits() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    metric text;
begin
    foreach metric in array array['components', 'storage_bytes', 'users'] loop
        perform private.follow_threshold(private.lock_usage(new.id, metric));
    end loop;
    return null;
end
$$;
comment on function private.follow_limits() is
'Trigger: other limits are other thresholds. A limit below the use is reported, and nothing is taken away.

Effects: as private.follow_threshold.';

create or replace trigger _500_follow_limits
after update of max_users, max_components, max_storage_gb on public.organizations
for each row when (
    (old.max_users, old.max_components, old.max_storage_gb)
    is distinct from (new.max_users, new.max_components, new.max_storage_gb)
) execute function private.follow_limits();

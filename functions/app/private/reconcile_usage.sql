-- The counter is locked first, then counted: whoever has written rows has counted them too and committed, or has done
-- neither in a way that shows here. That needs a new snapshot after the lock, which only read committed gives.
create or replace function private.reconcile_usage(organization_id uuid default null)
returns setof private.usage_drifts
language plpgsql volatile security definer set search_path = '' as $$
declare
    counter private.usage_counters;
    counted_count bigint;
    wanted record;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using
            errcode = 'PT409', message = 'isolation_unfit', detail = '{}', hint = 'Call it in a read committed transaction.';
    end if;
    for wanted in
        select o.id, m.metric
        from public.organizations as o, unnest(array['components', 'storage_bytes', 'users']) as m (metric)
        where o.id = reconcile_usage.organization_id or reconcile_usage.organization_id is null order by o.id, m.metric
    loop
        counter := private.lock_usage(wanted.id, wanted.metric);
        counted_count := private.counted_usage(wanted.id, wanted.metric);
        if counter.current_count <> counted_count then
            return query insert into private.usage_drifts (organization_id, metric, recorded_count, counted_count)
            values (wanted.id, wanted.metric, counter.current_count, counted_count) returning *;
            update private.usage_counters as c set current_count = counted_count, updated_at = now()
            where c.organization_id = wanted.id and c.metric = wanted.metric and c.number = 0 returning c.* into counter;
            perform private.follow_threshold(counter);
        end if;
    end loop;
end
$$;
comment on function private.reconcile_usage(uuid) is
'Compares the counters of an organization, or of all, with what they count, mends those that differ and returns what was
found. Writers of the same counter wait to the end of the transaction: call it for one organization at a time.

Errors: isolation_unfit (409). Effects: private.usage_drifts; as private.follow_threshold. Idempotent: yes.';
grant execute on function private.reconcile_usage(uuid) to ananta_worker;

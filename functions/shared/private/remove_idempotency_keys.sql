create or replace function private.remove_idempotency_keys(batch integer) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    removed integer;
begin
    delete from private.idempotency_keys as k where k.key_hash in (
        select old.key_hash from private.idempotency_keys as old
        where old.created_at <= now() - interval '24 hours'
        order by old.created_at limit batch for update skip locked);
    get diagnostics removed = row_count;
    return removed;
end
$$;
comment on function private.remove_idempotency_keys(integer) is
'Removes keys older than 24 hours, at most a batch. Returns how many; fewer than the batch means that none is left.

Idempotent: yes.';
grant execute on function private.remove_idempotency_keys(integer) to ananta_worker;

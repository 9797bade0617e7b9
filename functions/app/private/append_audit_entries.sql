create or replace function private.append_audit_entries(pending private.audit_pending) returns void
language plpgsql volatile security definer set search_path = '' set timezone = 'UTC' as $$
declare
    chain constant private.audit_chains := private.lock_audit_chain(pending.owner_id);
begin
    with new_entries as (
        select pending.owner_id as organization_id, chain.last_number + e.place as number, pending.actor_kind, pending.actor_id,
            pending.actor_login, case when e.before is null then 'insert' when e.after is null then 'delete' else 'update' end
            as action, pending.table_name, e.row_id, e.before, e.after, pending.correlation_id, pending.created_at,
            chain.last_expires_on as expires_on
        from unnest(pending.row_ids, pending.befores, pending.afters) with ordinality as e (row_id, before, after, place)
    ),
    appended as (
        insert into public.audit_logs
        select n.*, private.chain_hash(chain.last_hash, to_jsonb(n)::text) over (order by n.number) from new_entries as n
        returning number, hash
    )
    update private.audit_chains as c set
        last_expires_on = chain.last_expires_on, last_number = last.number, last_hash = last.hash
    from (select a.number, a.hash from appended as a order by a.number desc limit 1) as last
    where c.owner_id = pending.owner_id;
end
$$;
comment on function private.append_audit_entries(private.audit_pending) is
'Continues a tenant''s chain with the entries of one statement.

Effects: entries of the audit log. What is hashed is to_jsonb of all columns but the hash, in UTC: a column added to the
table must be left out of private.audit_entries too, where it is null in old entries.';

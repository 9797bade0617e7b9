create or replace function private.verify_audit_log(owner_id uuid default null, heads jsonb default '[]')
returns table (tenant_id uuid, number bigint, problem text)
language sql stable security definer set search_path = '' as $$
    select o.owner_id, v.number, v.problem
    from private.audit_owners() as o (owner_id), private.verify_audit_chain(o.owner_id) as v
    where o.owner_id = coalesce($1, o.owner_id)
    union all
    select h.owner_id, h.number, case
            when h.number <= coalesce(c.anchor_number, 0) then 'gone before its retention has ended'
            else 'not the entry that was noted: entries were taken off the end, or all written anew' end
    from jsonb_to_recordset(heads) as h (owner_id uuid, number bigint, hash text, expires_on date)
    left join private.audit_chains as c on c.owner_id = h.owner_id
    where h.owner_id = coalesce($1, h.owner_id) and h.number > 0 and case
        when h.number < c.anchor_number then date_trunc('month', h.expires_on) + interval '1 month' > now()
        when h.number = c.anchor_number then
            encode(c.anchor_hash, 'hex') <> h.hash or date_trunc('month', h.expires_on) + interval '1 month' > now()
        else not exists (
            select from private.audit_entries(h.owner_id) as e where e.number = h.number and encode(e.hash, 'hex') = h.hash)
        end
$$;
comment on function private.verify_audit_log(uuid, jsonb) is
'Verifies the chain of one tenant, or of all: see verify_audit_chain. No row: nothing was found.

heads: ends of chains noted earlier, [{owner_id, number, hash, expires_on}], as list_audit_heads gave them: they tell when
somebody with a superuser''s rights has taken entries off an end, written a whole chain anew, or dropped what retention
must still keep.';

create or replace function private.verify_audit_chain(owner_id uuid) returns table (number bigint, problem text)
language plpgsql stable security definer set search_path = '' as $$
declare
    chain private.audit_chains;
begin
    select c.* into chain from private.audit_chains as c where c.owner_id = verify_audit_chain.owner_id;
    if not found then
        return query select coalesce(min(e.number), 0), 'the end of the chain is gone' from private.audit_entries(owner_id) as e;
        return;
    end if;
    return query
    with entries as (
        select e.number, e.hash, e.entry, coalesce(lag(e.number) over w, chain.anchor_number) as number_before,
            coalesce(lag(e.hash) over w, chain.anchor_hash) as hash_before
        from private.audit_entries(verify_audit_chain.owner_id) as e window w as (order by e.number)
    ),
    judged as (
        select e.number, case
            when e.number > chain.last_number then 'inserted after the end of the chain'
            when e.number <= chain.anchor_number then 'inserted before the beginning of what is kept'
            when e.number = e.number_before then 'inserted: the number is there twice'
            when e.number > e.number_before + 1 then format('missing before it: %s', e.number - e.number_before - 1)
            when e.hash <> sha256(e.hash_before || convert_to(e.entry, 'UTF8'))
                then 'changed, or not in the place where it was written' end as problem
        from entries as e
        union all
        select chain.last_number, 'missing, or the end of the chain was changed'
        where chain.last_number > chain.anchor_number and not exists (
            select from entries as e where (e.number, e.hash) = (chain.last_number, chain.last_hash))
    )
    select j.number, j.problem from judged as j where j.problem is not null order by j.number;
end
$$;
comment on function private.verify_audit_chain(uuid) is
'Computes a tenant''s audit chain anew, and says where it is not what was written: entries changed, missing, inserted or
moved, and the end. No row: nothing was found.';

create or replace function private.lock_audit_chain(owner_id uuid) returns private.audit_chains
language plpgsql volatile security definer set search_path = '' as $$
declare
    days constant integer := private.audit_days(lock_audit_chain.owner_id);
    chain private.audit_chains;
begin
    loop
        select c.* into chain from private.audit_chains as c where c.owner_id = lock_audit_chain.owner_id for update;
        exit when found;
        insert into private.audit_chains (owner_id) values (lock_audit_chain.owner_id) on conflict do nothing;
    end loop;
    chain.last_expires_on := greatest(chain.last_expires_on, coalesce(current_date + days, '9999-12-31'));
    perform private.make_audit_partition(chain.last_expires_on);
    return chain;
end
$$;
comment on function private.lock_audit_chain(uuid) is
'The end of a tenant''s chain, locked until commit, with the day until which the next entries are kept: by the plan,
and never less than the entry before, so that retention takes a chain from its beginning. For ever is 9999-12-31.

Effects: a partition, where there is none for that day.';

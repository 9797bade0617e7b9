-- At commit, when everything else that the transaction waits for is its own: the lock on a chain is held as briefly as
-- can be, and nobody who holds one waits for anything but another chain, in order. The first firing does all the work.
create or replace function private.chain_audit_entries() returns trigger
language plpgsql volatile security definer set search_path = '' set timezone = 'UTC' as $$
declare
    pending private.audit_pending;
begin
    for pending in
        with taken as (
            delete from private.audit_pending as p where p.transaction_id = pg_current_xact_id() returning p.*
        )
        select t.* from taken as t order by t.owner_id, t.id
    loop
        perform private.append_audit_entries(pending);
    end loop;
    return null;
end
$$;
comment on function private.chain_audit_entries() is
'Trigger at commit: the entries this transaction holds continue the chains of their tenants, in order of commit.

Effects: entries of the audit log.';

do $$
begin
    if not exists (
        select from pg_catalog.pg_trigger
        where tgrelid = 'private.audit_pending'::regclass and tgname = '_800_chain_audit_entries'
    ) then
        create constraint trigger _800_chain_audit_entries after insert on private.audit_pending
        deferrable initially deferred for each row execute function private.chain_audit_entries();
    end if;
end
$$;

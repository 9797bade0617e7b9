-- Locks as writers take them, the chains in order and then the log: nobody waits for another in a circle.
create or replace function private.drop_audit_partition(partition_name text) returns void
language plpgsql volatile security definer set search_path = '' set lock_timeout = '2s' as $$
declare
    log constant regclass := private.audit_log_table();
    month constant date := to_date(right(partition_name, 7), 'YYYY_MM');
    owner_column constant text := (
        select a.attname from pg_catalog.pg_attribute as a where a.attrelid = log and a.attnum = 1);
begin
    perform from private.audit_chains as c order by c.owner_id for update;
    execute format(
        'update private.audit_chains as c set anchor_number = l.number, anchor_hash = l.hash from ('
        'select distinct on (%I) %I as owner_id, number, hash from %s where expires_on >= $1 and expires_on < $2 '
        'order by %I, number desc) as l where c.owner_id = l.owner_id and c.anchor_number < l.number',
        owner_column, owner_column, log, owner_column) using month, (month + interval '1 month')::date;
    execute format('drop table private.%I', partition_name);
end
$$;
comment on function private.drop_audit_partition(text) is
'Drops a month of the audit log whose entries have expired; their chains begin after its last entries from then on.

Effects: anchors in private.audit_chains.';

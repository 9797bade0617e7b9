-- Made apart and then attached: that waits for nobody who reads or writes the log.
create or replace function private.make_audit_partition(expires_on date) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
declare
    log constant regclass := private.audit_log_table();
    month constant date := date_trunc('month', expires_on);
    partition_name constant text := split_part(log::text, '.', 2) || to_char(month, '_YYYY_MM');
begin
    if to_regclass('private.' || partition_name) is not null then
        return false;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('private.make_audit_partition', 0));
    if to_regclass('private.' || partition_name) is not null then
        return false;
    end if;
    execute format('create table private.%I (like %s including comments including constraints)', partition_name, log);
    execute format('comment on table private.%I is %L', partition_name, format('Entries of %s by their expiry', log));
    execute format('alter table private.%I enable row level security, force row level security', partition_name);
    execute format('create trigger _200_refuse_audit_truncate before truncate on private.%I '
        'for each statement execute function private.refuse_audit_change()', partition_name);
    execute format('alter table %s attach partition private.%I for values from (%L) to (%L)', log, partition_name, month,
        (month + interval '1 month')::date);
    return true;
end
$$;
comment on function private.make_audit_partition(date) is
'Makes the partition of the audit log for entries kept until a day of that month, out of reach of the API. False when
it is there.

Idempotent: yes, also at the same time.';

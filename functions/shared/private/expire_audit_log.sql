create or replace function private.expire_audit_log(at timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    made_count integer;
    dropped text[];
    partition_name text;
begin
    select count(*) filter (where private.make_audit_partition(d.expires_on)) into made_count
    from (
        select date '9999-12-31' as expires_on
        union
        select (date_trunc('month', at::date + r.days) + make_interval(months => m.ahead))::date
        from private.list_audit_days() as r (days), generate_series(0, 2) as m (ahead)
    ) as d where d.expires_on is not null;
    dropped := array(
        select c.relname from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhrelid
        where i.inhparent = private.audit_log_table() and c.relname ~ '_[0-9]{4}_[0-9]{2}$'
            and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= at
        order by c.relname);
    foreach partition_name in array dropped loop
        perform private.drop_audit_partition(partition_name);
    end loop;
    return jsonb_build_object('made', made_count, 'dropped', to_jsonb(dropped));
end
$$;
comment on function private.expire_audit_log(timestamptz) is
'Retention of the audit log, as of a time: partitions for the entries of this month and the next two, and an end to
those of which every entry has expired. The chains stay verifiable from their anchors on.

Returns {made, dropped}: how many, and the names. For the owner alone: who says the time says what is dropped.
Idempotent: yes.';

-- Statement-level over transition tables: a batch is one row of audit_pending a tenant, whatever its size.
create or replace function private.write_audit_log() returns trigger
language plpgsql volatile security definer set search_path = '' set timezone = 'UTC' as $$
declare
    key_columns constant text[] := tg_argv[0]::text[];
    left_out text[] := tg_argv[2]::text[];
    actor_kind constant text := private.audit_actor_kind();
    befores jsonb[];
    afters jsonb[];
begin
    if actor_kind = 'worker' then
        left_out := left_out || tg_argv[3]::text[];
    end if;
    if tg_op = 'INSERT' then
        select array_agg(to_jsonb(n) - left_out) into afters from new_rows as n;
    elsif tg_op = 'DELETE' then
        select array_agg(to_jsonb(o) - left_out) into befores from old_rows as o;
    else
        select array_agg(o.image), array_agg(n.image) into befores, afters
        from (select to_jsonb(r) - left_out as image from old_rows as r) as o
        full join (select to_jsonb(r) - left_out as image from new_rows as r) as n
            on private.audit_row_id(o.image, key_columns) = private.audit_row_id(n.image, key_columns)
        where o.image is distinct from n.image;
    end if;
    if coalesce(befores, afters) is not null then
        perform private.hold_audit_entries(tg_table_name, key_columns, tg_argv[1], actor_kind, befores, afters);
    end if;
    return null;
end
$$;
comment on function private.write_audit_log() is
'Trigger: who changed what, before and after, as entries of the audit log.

Arguments: key columns, column of the tenant (empty: the platform), columns left out, columns left out of what a worker
does; lists as array literals. See private.audit_table. Effects: entries of the audit log, at commit.';

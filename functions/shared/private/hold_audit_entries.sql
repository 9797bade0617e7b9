create or replace function private.hold_audit_entries(
    table_name text, key_columns text[], owner_column text, actor_kind text, befores jsonb[], afters jsonb[]
) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    has_secrets constant boolean := private.may_hold_secret(concat(befores, afters));
begin
    insert into private.audit_pending (
        owner_id, actor_kind, actor_id, actor_login, table_name, row_ids, befores, afters, correlation_id
    )
    select e.owner_id, hold_audit_entries.actor_kind, private.current_user_id(), session_user, hold_audit_entries.table_name,
        array_agg(e.row_id), array_agg(coalesce(d.before, s.before)), array_agg(coalesce(d.after, s.after)),
        left(private.current_correlation_id(), 200)
    from (
        select i.before as raw_before, i.after as raw_after,
            case when has_secrets then private.redact_audit(i.before) else i.before end as before,
            case when has_secrets then private.redact_audit(i.after) else i.after end as after,
            private.audit_row_id(case when has_secrets then private.redact_audit(coalesce(i.after, i.before))
                else coalesce(i.after, i.before) end, key_columns) as row_id,
            coalesce(nullif(coalesce(i.after, i.before) ->> owner_column, ''), '00000000-0000-0000-0000-000000000000')::uuid
            as owner_id
        from unnest(hold_audit_entries.befores, hold_audit_entries.afters) with ordinality as i (before, after, place)
        order by i.place
    ) as e,
        lateral (
            select case when pg_column_size(e.before) > 16384 then private.shorten_audit(e.before) else e.before end as before,
                case when pg_column_size(e.after) > 16384 then private.shorten_audit(e.after) else e.after end as after
        ) as s,
        lateral (
            select jsonb_object_agg(c.key, c.value) as before, jsonb_object_agg(c.key, s.after -> c.key) as after
            from jsonb_each(case when e.raw_after is not null then s.before end) as c
            where e.raw_after -> c.key is distinct from e.raw_before -> c.key
        ) as d
    group by e.owner_id;
end
$$;
comment on function private.hold_audit_entries(text, text[], text, text, jsonb[], jsonb[]) is
'Holds entries for the audit log until this transaction commits: without secrets, without long values, and of an update
only what changed.

befores and afters are images of the same rows; a null image is a row that was not, or is no more.
Effects: rows of private.audit_pending.';

create or replace function private.audit_table(
    relation regclass, owner_column text, left_out text[] default '{}', left_out_of_worker text[] default '{}',
    is_bulk boolean default false
) returns void
language plpgsql volatile set search_path = '' as $$
declare
    event text;
    transition constant jsonb := '{"insert": "new table as new_rows", "delete": "old table as old_rows",
        "update": "old table as old_rows new table as new_rows"}'::jsonb;
    condition constant jsonb := '{"insert": "when (current_user in (''authenticated'', ''platform_admin''))",
        "update": "when (current_user <> ''ananta_owner'')", "delete": "when (current_user <> ''ananta_owner'')"}'::jsonb;
    key_columns constant text[] := array(
        select a.attname::text from pg_catalog.pg_index as i, unnest(i.indkey) with ordinality as k (number, place),
            pg_catalog.pg_attribute as a
        where i.indrelid = relation and i.indisprimary and a.attrelid = relation and a.attnum = k.number order by k.place);
begin
    foreach event in array array['insert', 'update', 'delete'] loop
        execute format(
            'create or replace trigger _800_audit_%1$s after %1$s on %2$s referencing %3$s for each statement %4$s '
            'execute function private.write_audit_log(%5$L, %6$L, %7$L, %8$L)',
            event, relation, transition ->> event, case when is_bulk then condition ->> event end,
            key_columns, owner_column, left_out, left_out_of_worker);
    end loop;
end
$$;
comment on function private.audit_table(regclass, text, text[], text[], boolean) is
'Has the changes of a table written to the audit log.

owner_column: whose row it is, empty for the platform''s. left_out: columns that are no fact of their own, such as
updated_at; what changes nothing else makes no entry. left_out_of_worker: the same for what workers write, such as
progress. is_bulk: only rows that clients insert, and what anybody changes or deletes, not what functions and cascades do for
them. Idempotent: yes.';

-- No exception for anybody: retention drops whole partitions, and neither updates nor deletes.
create or replace function private.refuse_audit_change() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
    raise exception using
        errcode = 'PT403', message = 'audit_append_only', detail = jsonb_build_object('table', tg_table_name)::text,
        hint = 'Entries of the audit log are never changed; they end with their retention.';
end
$$;
comment on function private.refuse_audit_change() is
'Trigger: entries of the audit log are neither updated nor deleted nor truncated, whoever asks.

Errors: audit_append_only (403).';

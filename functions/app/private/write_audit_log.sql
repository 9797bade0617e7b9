create or replace function private.write_audit_log() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    before_row jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after_row jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    any_row jsonb := coalesce(after_row, before_row);
begin
    insert into public.audit_logs (organization_id, actor_id, action, table_name, row_id, before, after, correlation_id)
    select o.id, private.current_user_id(), lower(tg_op), tg_table_name, (any_row ->> 'id')::uuid, before_row, after_row,
        private.current_correlation_id()
    from public.organizations as o where o.id = (any_row ->> 'organization_id')::uuid;
    return null;
end
$$;
comment on function private.write_audit_log() is
'Trigger: one audit_logs row a changed row, with who, what, before and after';

create or replace trigger _800_write_audit_log after insert or update or delete on public.users
for each row execute function private.write_audit_log();
create or replace trigger _800_write_audit_log after insert or update or delete on public.projects
for each row execute function private.write_audit_log();
create or replace trigger _800_write_audit_log after insert or delete on public.boms
for each row execute function private.write_audit_log();
create or replace trigger _200_keep_key_columns before update on public.projects
for each row execute function private.keep_key_columns('id', 'organization_id');
create or replace trigger _200_keep_key_columns before update on public.components
for each row execute function private.keep_key_columns('id', 'organization_id');
create or replace trigger _200_keep_key_columns before update on public.boms
for each row execute function private.keep_key_columns('id', 'organization_id', 'file_sha256');
create or replace trigger _200_keep_key_columns before update on public.notification_preferences
for each row execute function private.keep_key_columns('id', 'organization_id', 'user_id');

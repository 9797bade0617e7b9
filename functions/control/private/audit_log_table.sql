create or replace function private.audit_log_table() returns regclass
language plpgsql stable set search_path = '' as $$
begin
    return 'tenant_management.activity_log';
end
$$;
comment on function private.audit_log_table() is 'The audit log of this plane';

create or replace function private.maintain_audit_log() returns jsonb
language sql volatile security definer set search_path = '' as $$
    select private.expire_audit_log(now())
$$;
comment on function private.maintain_audit_log() is 'Retention of the audit log as of now: see expire_audit_log';
grant execute on function private.maintain_audit_log() to ananta_worker;

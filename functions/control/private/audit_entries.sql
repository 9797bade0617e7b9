create or replace function private.audit_entries(owner_id uuid) returns table (number bigint, hash bytea, entry text)
language sql stable security definer set search_path = '' set timezone = 'UTC' as $$
    select l.number, l.hash, (to_jsonb(l) - 'hash')::text
    from tenant_management.activity_log as l where l.tenant_id = audit_entries.owner_id
$$;
comment on function private.audit_entries(uuid) is
'The kept entries of a tenant''s chain as they are hashed, in no order';

create or replace function private.list_audit_heads() returns jsonb
language sql stable security definer set search_path = '' as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'owner_id', c.owner_id, 'number', c.last_number, 'hash', encode(c.last_hash, 'hex'),
        'expires_on', c.last_expires_on) order by c.owner_id), '[]')
    from private.audit_chains as c
$$;
comment on function private.list_audit_heads() is
'The end of every chain, [{owner_id, number, hash, expires_on}]: to be noted elsewhere, for
verify_audit_log';

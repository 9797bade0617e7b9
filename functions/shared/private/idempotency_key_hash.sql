create or replace function private.idempotency_key_hash(owner text, key text) returns text
language plpgsql stable set search_path = '' as $$
declare
    claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
    caller constant jsonb := jsonb_build_array(
        claims ->> 'role', claims ->> 'tenantId', claims ->> 'organization_id', claims ->> 'sub');
begin
    if owner is null and claims ->> 'sub' is null then
        raise exception using
            errcode = 'PT401', message = 'invalid_token', detail = '{}', hint = 'Send a platform token.';
    end if;
    return encode(extensions.digest(jsonb_build_array(coalesce(to_jsonb(owner), caller), key)::text, 'sha256'), 'hex');
end
$$;
comment on function private.idempotency_key_hash(text, text) is
'What an Idempotency-Key is kept under. owner: whose it is, where that is not the caller in the claims.

Members of one tenant have keys of their own, so nobody gets another''s answer. Errors: invalid_token (401).';

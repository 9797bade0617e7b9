create or replace function private.hash_token(token text) returns bytea
language sql immutable set search_path = '' as $$
    select extensions.digest(token, 'sha256')
$$;
comment on function private.hash_token(text) is
'How single-use tokens are kept: SHA-256 of 32 random bytes needs no salt';

create or replace function private.store_issuer_keys(issuer text, jwks jsonb) returns void
language sql volatile security definer set search_path = '' as $$
    update private.issuers as i set jwks = store_issuer_keys.jwks, keys_fetched_at = now()
    where i.issuer = store_issuer_keys.issuer and i.status = 'active'
$$;
comment on function private.store_issuer_keys(text, jsonb) is 'Keeps the keys just fetched from an active issuer';
grant execute on function private.store_issuer_keys(text, jsonb) to ananta_edge;

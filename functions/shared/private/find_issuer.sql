create or replace function private.find_issuer(issuer text) returns table (
    realm text, jwks jsonb, keys_fetched_at timestamptz
)
language sql stable security definer set search_path = '' as $$
    select i.realm, i.jwks, i.keys_fetched_at from private.issuers as i
    where i.issuer = find_issuer.issuer and i.status = 'active'
$$;
comment on function private.find_issuer(text) is
'Realm and keys of an active issuer; no row when it is unknown or removed';
grant execute on function private.find_issuer(text) to ananta_edge;

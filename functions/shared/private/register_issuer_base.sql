-- The outside address of the identity provider may change (another port, a new domain); realms keep their names.
create or replace function private.register_issuer_base(base_url text, realms text[]) returns void
language sql volatile security definer set search_path = '' as $$
    update private.issuers set issuer = base_url || '/realms/' || realm, jwks = '{"keys": []}', keys_fetched_at = null
    where issuer is distinct from base_url || '/realms/' || realm;
    insert into private.issuers (issuer, realm)
    select base_url || '/realms/' || r, r from unnest(realms) as r
    on conflict do nothing;
$$;
comment on function private.register_issuer_base(text, text[]) is
'Sets the address all realms are issuers under, and registers realms.

Idempotent: yes.';
grant execute on function private.register_issuer_base(text, text[]) to ananta_edge;

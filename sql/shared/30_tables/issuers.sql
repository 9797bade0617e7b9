create table private.issuers (
    issuer text not null,
    realm text not null,
    jwks jsonb not null default '{"keys": []}'::jsonb,
    status text not null default 'active',
    keys_fetched_at timestamptz,
    created_at timestamptz not null default now(),
    constraint issuers_pkey primary key (issuer),
    constraint issuers_realm_key unique (realm),
    constraint issuers_status_check check (status in ('active', 'removed'))
);
comment on table private.issuers is 'OpenID issuers (realms) whose tokens the exchange accepts, with their public keys';
comment on column private.issuers.issuer is 'The iss claim, exactly as the realm writes it';
comment on column private.issuers.realm is 'Name of the realm; the issuer is {base}/realms/{realm}';
comment on column private.issuers.jwks is 'The realm''s public keys as last fetched (RFC 7517)';
comment on column private.issuers.status is 'active, or removed: a removed realm''s tokens are refused at once';
comment on column private.issuers.keys_fetched_at is 'When jwks was last fetched; limits refreshes on an unknown kid';
comment on column private.issuers.created_at is 'When the issuer was registered';

create table private.lead_tokens (
    token_hash bytea not null,
    lead_id uuid not null,
    kind text not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint lead_tokens_pkey primary key (token_hash),
    constraint lead_tokens_lead_id_fkey foreign key (lead_id) references tenant_management.leads (id) on delete cascade,
    constraint lead_tokens_kind_check check (kind in ('verification', 'lead'))
);
comment on table private.lead_tokens is 'Single-use tokens of a lead, hashed';
comment on column private.lead_tokens.token_hash is 'SHA-256 of the token';
comment on column private.lead_tokens.lead_id is 'The lead';
comment on column private.lead_tokens.kind is
'verification (mailed, single use) or lead (returned by the verification)';
comment on column private.lead_tokens.expires_at is 'End of its life';
comment on column private.lead_tokens.used_at is 'When a verification token was used';
comment on column private.lead_tokens.created_at is 'When the row was made';

create index lead_tokens_lead_id_idx on private.lead_tokens (lead_id);

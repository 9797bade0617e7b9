create table private.audit_chains (
    owner_id uuid not null,
    last_number bigint not null default 0,
    last_hash bytea not null default decode(repeat('00', 32), 'hex'),
    last_expires_on date not null default '0001-01-01',
    anchor_number bigint not null default 0,
    anchor_hash bytea not null default decode(repeat('00', 32), 'hex'),
    constraint audit_chains_pkey primary key (owner_id),
    constraint audit_chains_anchor_number_check check (anchor_number between 0 and last_number)
);
comment on table private.audit_chains is
'Where the audit chain of each tenant ends, and where what is kept of it begins';
comment on column private.audit_chains.owner_id is 'Tenant, as the log names it; all zeros is the platform itself';
comment on column private.audit_chains.last_number is 'Number of the newest entry; 0 before the first';
comment on column private.audit_chains.last_hash is 'Hash of the newest entry; 32 zero bytes before the first';
comment on column private.audit_chains.last_expires_on is 'Day until which the newest entry is kept at least';
comment on column private.audit_chains.anchor_number is
'Number of the newest entry that retention dropped; 0 is none';
comment on column private.audit_chains.anchor_hash is 'Its hash, which the oldest kept entry continues';

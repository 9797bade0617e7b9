create table private.reserved_tenant_keys (
    key text not null,
    constraint reserved_tenant_keys_pkey primary key (key)
);
comment on table private.reserved_tenant_keys is 'Tenant keys nobody may take';
comment on column private.reserved_tenant_keys.key is 'The word';

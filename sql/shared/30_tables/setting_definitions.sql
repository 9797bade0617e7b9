create table private.setting_definitions (
    key text not null,
    description text not null,
    schema jsonb not null,
    default_value jsonb not null,
    constraint setting_definitions_pkey primary key (key),
    constraint setting_definitions_key_check check (key ~ '^[a-z][a-z0-9_]{0,99}$')
);
comment on table private.setting_definitions is
'Settings that a tenant may have; the same rows in both planes, from seeds/shared';
comment on column private.setting_definitions.key is 'Name of the setting';
comment on column private.setting_definitions.description is 'What it does, for a person';
comment on column private.setting_definitions.schema is
'What a value may be, in the words of JSON Schema that private.is_valid_setting reads';
comment on column private.setting_definitions.default_value is 'The value of a tenant that has set none';

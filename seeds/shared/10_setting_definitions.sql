-- What a tenant can set: the application reads these keys, so a release brings them up to date.
insert into private.setting_definitions (key, description, schema, default_value) values
(
    'currency', 'Currency in which amounts are shown: a code of ISO 4217, such as EUR',
    '{"type": "string", "format": "currency"}', '"USD"'
),
(
    'lifecycle_alert_from', 'How far a part must be on its way out for an alert about it',
    '{"type": "string", "enum": ["nrnd", "last_time_buy", "eol", "obsolete"]}', '"nrnd"'
),
(
    'locale', 'Language and country of texts, numbers and dates: a tag of BCP 47, such as de-AT',
    '{"type": "string", "format": "locale"}', '"en"'
),
(
    'time_zone', 'Time zone in which times are shown: a name of the IANA database, such as Europe/Berlin',
    '{"type": "string", "format": "time-zone"}', '"UTC"'
),
(
    'usage_alert_percentages', 'Percentages of a limit of the plan at which its use raises an alert; none for never',
    '{"type": "array", "items": {"type": "integer", "enum": [80, 90, 100]}, "uniqueItems": true}', '[80, 90, 100]'
)
on conflict (key) do update
    set description = excluded.description, schema = excluded.schema, default_value = excluded.default_value;

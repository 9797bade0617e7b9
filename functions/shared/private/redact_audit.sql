-- By name at any depth, by form in any text: a secret that is no column of ours may stand in a setting or a payload.
create or replace function private.redact_audit(value jsonb) returns jsonb
language plpgsql immutable parallel safe set search_path = '' as $$
declare
    secret_name constant text := 'passw|secret|token|credential|api_?key|private_?key|authorization|cookie';
    secret_text constant text := 'eyJ[A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]*|whsec_[A-Za-z0-9+/=]+'
        || '|[sr]k_(live|test)_[A-Za-z0-9]+|-----BEGIN [A-Z ]*PRIVATE KEY-----.*';
begin
    return case jsonb_typeof(value)
        when 'string' then to_jsonb(regexp_replace(value #>> '{}', secret_text, '[redacted]', 'g'))
        when 'array' then (
            select coalesce(jsonb_agg(private.redact_audit(e.item) order by e.place), '[]')
            from jsonb_array_elements(value) with ordinality as e (item, place))
        when 'object' then (
            select coalesce(jsonb_object_agg(m.name, case
                when m.content = 'null' then m.content
                when m.name ~* secret_name or (m.name = 'value' and value ->> 'key' ~* secret_name) then '"[redacted]"'
                else private.redact_audit(m.content) end), '{}')
            from jsonb_each(value) as m (name, content))
        else value
    end;
end
$$;
comment on function private.redact_audit(jsonb) is
'A value without secrets: what is named like one (password, secret, token, credential, API or private key, at any
depth; also {"key": "smtp.password", "value": …}), and JSON web tokens, webhook secrets and private keys in any text,
are [redacted]. See may_hold_secret, which names the same';

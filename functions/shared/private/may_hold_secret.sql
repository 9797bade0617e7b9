create or replace function private.may_hold_secret(text) returns boolean
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return $1 ~* ('passw|secret|token|credential|api_?key|private.?key|authorization|cookie'
        || '|eyj[a-z0-9_-]|whsec_|[sr]k_(live|test)_');
end
$$;
comment on function private.may_hold_secret(text) is
'Whether a text is worth a look by redact_audit: quick, and right about every text without a secret name or form';

create or replace function private.issue_lead_token(lead_id uuid, kind text, lifetime interval) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
    token constant text := 'lead_' || translate(encode(extensions.gen_random_bytes(32), 'base64'), '+/=', '-_');
begin
    insert into private.lead_tokens (token_hash, lead_id, kind, expires_at)
    values (private.hash_token(token), issue_lead_token.lead_id, issue_lead_token.kind, now() + lifetime);
    return token;
end
$$;
comment on function private.issue_lead_token(uuid, text, interval) is 'A new token of a lead; only its hash is kept';

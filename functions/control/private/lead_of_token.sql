create or replace function private.lead_of_token(token text) returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
    lead_id uuid;
begin
    select t.lead_id into lead_id from private.lead_tokens as t
    where t.token_hash = private.hash_token(lead_of_token.token) and t.kind = 'lead' and t.expires_at > now();
    if not found then
        raise exception using
            errcode = 'PT401', message = 'lead_token_invalid', detail = '{}',
            hint = 'Send the lead token of the verification as Bearer token; it lives one hour. Sign up again for a new one.';
    end if;
    return lead_id;
end
$$;
comment on function private.lead_of_token(text) is
'The lead a lead token belongs to.

Errors: lead_token_invalid (401).';
grant execute on function private.lead_of_token(text) to ananta_edge;

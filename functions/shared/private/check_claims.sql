-- PostgREST accepts tokens without exp or aud and never looks at iss: the database has the last word.
create or replace function private.check_claims(plane text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
    claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
    audience jsonb := claims -> 'aud';
    uuid_form constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
begin
    if claims is null or jsonb_typeof(claims) <> 'object'
        or claims ->> 'iss' is distinct from 'urn:ananta:' || plane
        or not coalesce(audience = to_jsonb('ananta-' || plane) or audience = jsonb_build_array('ananta-' || plane), false)
        or jsonb_typeof(claims -> 'exp') is distinct from 'number'
        or (claims ->> 'exp')::numeric not between extract(epoch from now()) - 30 and extract(epoch from now()) + 600
        or jsonb_typeof(claims -> 'permissions') is distinct from 'array'
        or jsonb_typeof(claims -> 'sub') is distinct from 'string'
        or (claims ->> 'sub') !~ uuid_form
        or coalesce(claims ->> 'tenantId', '') !~ ('(^$)|(' || uuid_form || ')')
        or coalesce(claims ->> 'organization_id', '') !~ ('(^$)|(' || uuid_form || ')')
    then
        raise exception using
            errcode = 'PT401', message = 'invalid_token', detail = jsonb_build_object('plane', plane)::text,
            hint = 'Exchange your sign-in token again at /api/' || plane || '/auth/exchange.';
    end if;
    return claims;
end
$$;
comment on function private.check_claims(text) is
'The caller''s claims, after checking issuer, audience, expiry and the form of every id.

Errors: invalid_token (401).';

-- One statement, which does not wait for the disk: a power cut loses at most the answers of a moment, and they are made
-- again. Whose key it is, is in the claims that the request's own transaction has checked.
create or replace function private.keep_request_answer(claims jsonb, key text, answer jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
    perform set_config('request.jwt.claims', claims::text, true), set_config('synchronous_commit', 'off', true);
    perform private.keep_answer(null, key, answer);
end
$$;
comment on function private.keep_request_answer(jsonb, text, jsonb) is
'Keeps PostgREST''s answer to a request of a caller with these claims, in a transaction of its own: see keep_answer.

Errors: invalid_token (401). Idempotent: yes.';
grant execute on function private.keep_request_answer(jsonb, text, jsonb) to ananta_edge;

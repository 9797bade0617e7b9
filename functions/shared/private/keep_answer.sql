create or replace function private.keep_answer(owner text, key text, answer jsonb) returns void
language sql volatile security definer set search_path = '' as $$
    update private.idempotency_keys as k set answer = keep_answer.answer
    where k.key_hash = private.idempotency_key_hash(owner, key) and k.answer is null
$$;
comment on function private.keep_answer(text, text, jsonb) is
'Keeps what was answered to the request that took a key; the first answer stays. owner: see idempotency_key_hash.

Errors: invalid_token (401). Idempotent: yes.';
grant execute on function private.keep_answer(text, text, jsonb) to ananta_edge;

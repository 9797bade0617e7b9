create or replace function private.take_request_key() returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    headers jsonb;
    earlier private.idempotency_keys;
begin
    if coalesce(current_setting('request.method', true), '') <> 'POST'
        or current_setting('transaction_read_only')::boolean then
        return;
    end if;
    headers := nullif(current_setting('request.headers', true), '')::jsonb;
    if headers ->> 'idempotency-key' is null then
        return;
    end if;
    earlier := private.take_idempotency_key(
        null, headers ->> 'idempotency-key', coalesce(headers ->> 'x-ananta-internal-fingerprint', ''));
    if earlier.key_hash is null
        or (earlier.answer is null and private.is_repeatable(current_setting('request.path', true))) then
        return;
    end if;
    raise exception using
        errcode = 'PT409', message = 'idempotency_key_used', detail = '{}',
        hint = 'This request was carried out before. The gateway answers it again.';
end
$$;
comment on function private.take_request_key() is
'Takes the Idempotency-Key of the PostgREST request that this transaction serves, if it has one and may write.

Errors: as take_idempotency_key; idempotency_key_used (409), from which the edge makes the first answer again.
Effects: the key is kept if the request''s transaction commits.';

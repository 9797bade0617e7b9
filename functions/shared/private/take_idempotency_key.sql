-- A key in use is refused at once and not waited for: who waits would hold a connection of a pool that all share.
create or replace function private.take_idempotency_key(owner text, key text, fingerprint text)
returns private.idempotency_keys
language plpgsql volatile security definer set search_path = '' as $$
declare
    hash constant text := private.idempotency_key_hash(owner, key);
    earlier private.idempotency_keys;
begin
    select k.* into earlier from private.idempotency_keys as k
    where k.key_hash = hash and k.created_at > now() - interval '24 hours';
    if not found then
        if not pg_try_advisory_xact_lock(hashtextextended('idempotency_key:' || hash, 0)) then
            raise exception using
                errcode = 'PT409', message = 'idempotency_key_in_use', detail = '{}',
                hint = 'A request with this Idempotency-Key is being carried out. Repeat it in a moment.';
        end if;
        insert into private.idempotency_keys as k (key_hash, fingerprint) values (hash, take_idempotency_key.fingerprint)
        on conflict on constraint idempotency_keys_pkey do update set
            fingerprint = excluded.fingerprint, transaction_id = excluded.transaction_id, answer = null,
            created_at = excluded.created_at
        where k.created_at <= now() - interval '24 hours';
        if found then
            return null;
        end if;
        select k.* into strict earlier from private.idempotency_keys as k where k.key_hash = hash;
    end if;
    if earlier.fingerprint <> take_idempotency_key.fingerprint then
        raise exception using
            errcode = 'PT422', message = 'idempotency_key_reused', detail = '{}',
            hint = 'This Idempotency-Key came with another request before. Use a new key.';
    end if;
    return earlier;
end
$$;
comment on function private.take_idempotency_key(text, text, text) is
'Takes a key for what this transaction is about to do: null the first time, then the row of the first.

A transaction that fails gives the key back. owner: see idempotency_key_hash.
Errors: invalid_token (401), idempotency_key_in_use (409), idempotency_key_reused (422).
Idempotent: no; call it once, before the effect.';
grant execute on function private.take_idempotency_key(text, text, text) to ananta_edge;

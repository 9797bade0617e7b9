create or replace function private.next_chain_hash(hash bytea, start bytea, entry text) returns bytea
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return sha256(coalesce(hash, start) || convert_to(entry, 'UTF8'));
end
$$;
comment on function private.next_chain_hash(bytea, bytea, text) is 'Step of the aggregate chain_hash';

create or replace aggregate private.chain_hash(bytea, text) (  -- noqa: PRS
    sfunc = private.next_chain_hash, stype = bytea
);
comment on aggregate private.chain_hash(bytea, text) is
'SHA-256 over the hash before and the text of an entry, entry after entry: as a window function the hash of each. The
first argument is the hash to begin with.';

create or replace function private.append_chain_hash(hash bytea, start bytea, entry text) returns bytea
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return sha256(coalesce(hash, start) || convert_to(entry, 'UTF8'));
end
$$;
comment on function private.append_chain_hash(bytea, bytea, text) is 'Step of the aggregate chain_hash';

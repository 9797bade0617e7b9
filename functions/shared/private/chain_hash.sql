create or replace aggregate private.chain_hash(bytea, text) (  -- noqa: PRS, LT01
    sfunc = private.append_chain_hash, stype = bytea
);
comment on aggregate private.chain_hash(bytea, text) is  -- noqa: LT01
'SHA-256 over the hash before and the text of an entry, entry after entry: as a window function the hash of each. The
first argument is the hash to begin with.';

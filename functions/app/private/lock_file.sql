-- A file may be let go of and uploaded again at the same time: whoever comes second waits, and sees what the first did.
create or replace function private.lock_file(organization_id uuid, file_sha256 text) returns void
language sql volatile security definer set search_path = '' as $$
    select pg_advisory_xact_lock(hashtextextended(lock_file.organization_id || '/' || lock_file.file_sha256, 0))
$$;
comment on function private.lock_file(uuid, text) is
'Holds a stored file of an organization until the transaction ends.

Effects: one advisory lock.';
grant execute on function private.lock_file(uuid, text) to ananta_edge, ananta_worker;

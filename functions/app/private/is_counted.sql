create or replace function private.is_counted(counted_row jsonb) returns boolean
language sql immutable set search_path = '' as $$
    select coalesce(counted_row ->> 'status', 'active') <> 'deactivated'
$$;
comment on function private.is_counted(jsonb) is 'Whether a row uses up its limit: a deactivated user does not';

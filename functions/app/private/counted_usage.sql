create or replace function private.counted_usage(organization_id uuid, metric text) returns bigint
language sql volatile security definer set search_path = '' as $$
    select case metric
        when 'users' then (
            select count(*) from public.users as u
            where u.organization_id = counted_usage.organization_id and private.is_counted(to_jsonb(u)))
        when 'components' then (
            select count(*) from public.components as c where c.organization_id = counted_usage.organization_id)
        when 'storage_bytes' then (
            select coalesce(sum(f.size_bytes), 0)::bigint from public.stored_files as f
            where f.organization_id = counted_usage.organization_id)
    end
$$;
comment on function private.counted_usage(uuid, text) is
'What a counter must say: the rows, or bytes, that are there. Volatile, to count after a lock and not as of before it';

create or replace function private.count_seats() returns jsonb
language sql stable set search_path = '' as $$
    select jsonb_build_object(
        'used', count(*), 'limit', (
            select o.max_users from public.organizations as o where o.id = (select private.current_organization_id())),
        'active', count(u.joined_at), 'invited', count(*) - count(u.joined_at))
    from public.users as u
    where u.organization_id = (select private.current_organization_id()) and u.status <> 'deactivated'
$$;
comment on function private.count_seats() is
'Seats of the caller''s organization: {used, limit, active, invited}; an invited member takes one, a deactivated none.
A null limit is unlimited.';
grant execute on function private.count_seats() to authenticated;

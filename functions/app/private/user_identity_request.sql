create or replace function private.user_identity_request(user_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'realm', 'tenant-' || o.slug, 'email', u.email, 'first_name', coalesce(u.first_name, ''),
        'last_name', coalesce(u.last_name, ''), 'role', u.role
    )
    from public.users as u join public.organizations as o on o.id = u.organization_id
    where u.id = user_identity_request.user_id and u.status = 'active' and o.status = 'active'
$$;
comment on function private.user_identity_request(uuid) is
'What the identity provider must know of an active member: {realm, email, first_name, last_name, role}; null when gone';
grant execute on function private.user_identity_request(uuid) to ananta_worker;

create or replace function private.register_app_plane(name text, base_url text, portal_url text) returns void
language sql volatile security definer set search_path = '' as $$
    insert into tenant_management.app_planes as p (name, base_url, portal_url)
    values (register_app_plane.name, register_app_plane.base_url, register_app_plane.portal_url)
    on conflict on constraint app_planes_name_key do update set base_url = excluded.base_url, portal_url = excluded.portal_url;
    update tenant_management.tenants as t set portal_url = rtrim(p.portal_url, '/') || '/' || t.key
    from tenant_management.app_planes as p
    where p.name = register_app_plane.name and t.app_plane_id = p.id and t.portal_url is not null;
    update tenant_management.workflows as w set input = w.input
        || jsonb_build_object('appPlaneUrl', p.base_url, 'portalUrl', rtrim(p.portal_url, '/') || '/' || t.key)
    from tenant_management.tenants as t join tenant_management.app_planes as p on p.id = t.app_plane_id
    where p.name = register_app_plane.name and w.tenant_id = t.id and w.status not in ('completed', 'cancelled');
$$;
comment on function private.register_app_plane(text, text, text) is
'Adds an app plane, or gives it new addresses, also in the runs that are not done.

Idempotent: yes, by name.';
grant execute on function private.register_app_plane(text, text, text) to ananta_edge;

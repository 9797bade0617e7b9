create or replace function private.place_tenant() returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
    app_plane_id uuid;
begin
    select p.id into app_plane_id from tenant_management.app_planes as p
    where p.is_open and p.placement = 'pooled'
        and p.capacity > (select count(*) from tenant_management.tenants as t where t.app_plane_id = p.id)
    order by p.capacity - (select count(*) from tenant_management.tenants as t where t.app_plane_id = p.id) desc, p.name
    limit 1;
    if not found then
        raise exception using
            errcode = 'PT503', message = 'no_app_plane', detail = '{}', hint = 'All instances are full. Try again later.';
    end if;
    return app_plane_id;
end
$$;
comment on function private.place_tenant() is
'The open pooled app plane with the most room.

Errors: no_app_plane (503).';

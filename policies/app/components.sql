alter table public.components enable row level security;
alter table public.components force row level security;
drop policy if exists all_owner on public.components;
create policy all_owner on public.components to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.components;
create policy tenant_isolation on public.components as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.components;
create policy select_member on public.components for select to authenticated
using ((select private.has_permission('components:read')));
drop policy if exists insert_member on public.components;
create policy insert_member on public.components for insert to authenticated
with check ((select private.has_permission('components:write')));
drop policy if exists update_member on public.components;
create policy update_member on public.components for update to authenticated
using ((select private.has_permission('components:write')))
with check ((select private.has_permission('components:write')));
drop policy if exists delete_member on public.components;
create policy delete_member on public.components for delete to authenticated
using ((select private.has_permission('components:write')));
revoke all on public.components from anon, authenticated, platform_admin;
grant select on public.components to authenticated;
grant insert (id, organization_id, mpn, manufacturer, description, package, internal_number) on public.components
to authenticated;
grant update (id, organization_id, mpn, manufacturer, description, package, internal_number) on public.components
to authenticated;
grant delete on public.components to authenticated;

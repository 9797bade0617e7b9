alter table public.column_mappings enable row level security;
alter table public.column_mappings force row level security;
drop policy if exists all_owner on public.column_mappings;
create policy all_owner on public.column_mappings to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.column_mappings;
create policy tenant_isolation on public.column_mappings as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.column_mappings;
create policy select_member on public.column_mappings for select to authenticated
using ((select private.has_permission('boms:read')));
drop policy if exists delete_member on public.column_mappings;
create policy delete_member on public.column_mappings for delete to authenticated
using ((select private.has_permission('boms:write')));
revoke all on public.column_mappings from anon, authenticated, platform_admin;
grant select on public.column_mappings to authenticated;
grant delete on public.column_mappings to authenticated;

alter table public.stored_files enable row level security;
alter table public.stored_files force row level security;
drop policy if exists all_owner on public.stored_files;
create policy all_owner on public.stored_files to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.stored_files;
create policy tenant_isolation on public.stored_files as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.stored_files;
create policy select_member on public.stored_files for select to authenticated
using ((select private.has_permission('boms:read')));
revoke all on public.stored_files from anon, authenticated, platform_admin;
grant select on public.stored_files to authenticated;

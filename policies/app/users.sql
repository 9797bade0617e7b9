alter table public.users enable row level security;
alter table public.users force row level security;
drop policy if exists all_owner on public.users;
create policy all_owner on public.users to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.users;
create policy tenant_isolation on public.users as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.users;
create policy select_member on public.users for select to authenticated
using ((select private.has_permission('users:read')));
drop policy if exists insert_member on public.users;
create policy insert_member on public.users for insert to authenticated
with check ((select private.has_permission('users:write')));
drop policy if exists update_member on public.users;
create policy update_member on public.users for update to authenticated
using ((select private.has_permission('users:write'))) with check ((select private.has_permission('users:write')));
revoke all on public.users from anon, authenticated, platform_admin;
grant select on public.users to authenticated;
grant insert (organization_id, email, first_name, last_name, role) on public.users to authenticated;
grant update (id, organization_id, email, first_name, last_name, role, status) on public.users to authenticated;

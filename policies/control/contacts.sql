alter table tenant_management.contacts enable row level security;
alter table tenant_management.contacts force row level security;
drop policy if exists all_owner on tenant_management.contacts;
create policy all_owner on tenant_management.contacts to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on tenant_management.contacts;
create policy tenant_isolation on tenant_management.contacts as restrictive to authenticated
using (tenant_id = (select private.current_tenant_id())) with check (tenant_id = (select private.current_tenant_id()));
drop policy if exists select_member on tenant_management.contacts;
create policy select_member on tenant_management.contacts for select to authenticated
using ((select private.has_permission('tenant:read')));
drop policy if exists insert_member on tenant_management.contacts;
create policy insert_member on tenant_management.contacts for insert to authenticated
with check ((select private.has_permission('tenant:write')));
drop policy if exists update_member on tenant_management.contacts;
create policy update_member on tenant_management.contacts for update to authenticated
using ((select private.has_permission('tenant:write'))) with check ((select private.has_permission('tenant:write')));
drop policy if exists delete_member on tenant_management.contacts;
create policy delete_member on tenant_management.contacts for delete to authenticated
using ((select private.has_permission('tenant:write')));
drop policy if exists select_platform_admin on tenant_management.contacts;
create policy select_platform_admin on tenant_management.contacts for select to platform_admin
using (true);
drop policy if exists insert_platform_admin on tenant_management.contacts;
create policy insert_platform_admin on tenant_management.contacts for insert to platform_admin
with check (true);
drop policy if exists update_platform_admin on tenant_management.contacts;
create policy update_platform_admin on tenant_management.contacts for update to platform_admin
using (true) with check (true);
drop policy if exists delete_platform_admin on tenant_management.contacts;
create policy delete_platform_admin on tenant_management.contacts for delete to platform_admin
using (true);
revoke all on tenant_management.contacts from anon, authenticated, platform_admin;
grant select on tenant_management.contacts to authenticated;
grant insert (id, tenant_id, first_name, last_name, email, is_primary, type) on tenant_management.contacts
to authenticated;
grant update (id, tenant_id, first_name, last_name, email, is_primary, type) on tenant_management.contacts
to authenticated;
grant delete on tenant_management.contacts to authenticated;
grant select, insert, update, delete on tenant_management.contacts to platform_admin;

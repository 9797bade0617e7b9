alter table tenant_management.user_identities enable row level security;
alter table tenant_management.user_identities force row level security;
drop policy if exists all_owner on tenant_management.user_identities;
create policy all_owner on tenant_management.user_identities to ananta_owner using (true) with check (true);
drop policy if exists select_platform_admin on tenant_management.user_identities;
create policy select_platform_admin on tenant_management.user_identities for select to platform_admin
using (true);
drop policy if exists delete_platform_admin on tenant_management.user_identities;
create policy delete_platform_admin on tenant_management.user_identities for delete to platform_admin
using (true);
revoke all on tenant_management.user_identities from anon, authenticated, platform_admin;
grant select, delete on tenant_management.user_identities to platform_admin;

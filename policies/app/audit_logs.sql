alter table public.audit_logs enable row level security;
alter table public.audit_logs force row level security;
drop policy if exists all_owner on public.audit_logs;
create policy all_owner on public.audit_logs to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.audit_logs;
create policy tenant_isolation on public.audit_logs as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.audit_logs;
create policy select_member on public.audit_logs for select to authenticated
using ((select private.has_permission('audit:read')));
revoke all on public.audit_logs from anon, authenticated, platform_admin;
grant select on public.audit_logs to authenticated;

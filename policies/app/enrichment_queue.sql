alter table public.enrichment_queue enable row level security;
alter table public.enrichment_queue force row level security;
drop policy if exists all_owner on public.enrichment_queue;
create policy all_owner on public.enrichment_queue to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.enrichment_queue;
create policy tenant_isolation on public.enrichment_queue as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.enrichment_queue;
create policy all_project_viewers on public.enrichment_queue as restrictive to authenticated
using ((select private.sees_all_projects()) or bom_id not in (select private.hidden_bom_ids()));
drop policy if exists select_member on public.enrichment_queue;
create policy select_member on public.enrichment_queue for select to authenticated
using ((select private.has_permission('boms:read')));
drop policy if exists update_member on public.enrichment_queue;
create policy update_member on public.enrichment_queue for update to authenticated
using ((select private.has_permission('boms:write'))) with check ((select private.has_permission('boms:write')));
revoke all on public.enrichment_queue from anon, authenticated, platform_admin;
grant select on public.enrichment_queue to authenticated;
grant update (id, organization_id, status) on public.enrichment_queue to authenticated;

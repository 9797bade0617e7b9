alter table public.part_picks enable row level security;
alter table public.part_picks force row level security;
drop policy if exists all_owner on public.part_picks;
create policy all_owner on public.part_picks to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.part_picks;
create policy tenant_isolation on public.part_picks as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.part_picks;
create policy select_member on public.part_picks for select to authenticated
using ((select private.has_permission('boms:read')));
drop policy if exists delete_member on public.part_picks;
create policy delete_member on public.part_picks for delete to authenticated
using ((select private.has_permission('boms:write')));
revoke all on public.part_picks from anon, authenticated, platform_admin;
grant select on public.part_picks to authenticated;
grant delete on public.part_picks to authenticated;

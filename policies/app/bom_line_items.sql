alter table public.bom_line_items enable row level security;
alter table public.bom_line_items force row level security;
drop policy if exists all_owner on public.bom_line_items;
create policy all_owner on public.bom_line_items to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.bom_line_items;
create policy tenant_isolation on public.bom_line_items as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists all_project_viewers on public.bom_line_items;
create policy all_project_viewers on public.bom_line_items as restrictive to authenticated
using ((select private.sees_all_projects()) or bom_id not in (select private.hidden_bom_ids()))
with check ((select private.sees_all_projects()) or bom_id not in (select private.hidden_bom_ids()));
drop policy if exists select_member on public.bom_line_items;
create policy select_member on public.bom_line_items for select to authenticated
using ((select private.has_permission('boms:read')));
drop policy if exists update_member on public.bom_line_items;
create policy update_member on public.bom_line_items for update to authenticated
using ((select private.has_permission('boms:write'))) with check ((select private.has_permission('boms:write')));
drop policy if exists delete_member on public.bom_line_items;
create policy delete_member on public.bom_line_items for delete to authenticated
using ((select private.has_permission('boms:write')));
revoke all on public.bom_line_items from anon, authenticated, platform_admin;
grant select on public.bom_line_items to authenticated;
grant update (
    id, organization_id, reference_designators, dnp_reference_designators, quantity, unit, mpn, manufacturer, supplier,
    supplier_sku, value, package, description, internal_number, unit_price, currency, is_dnp
) on public.bom_line_items to authenticated;
grant delete on public.bom_line_items to authenticated;

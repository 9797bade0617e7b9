alter table public.notification_preferences enable row level security;
alter table public.notification_preferences force row level security;
drop policy if exists all_owner on public.notification_preferences;
create policy all_owner on public.notification_preferences to ananta_owner using (true) with check (true);
drop policy if exists tenant_isolation on public.notification_preferences;
create policy tenant_isolation on public.notification_preferences as restrictive to authenticated
using (organization_id = (select private.current_organization_id()))
with check (organization_id = (select private.current_organization_id()));
drop policy if exists select_member on public.notification_preferences;
create policy select_member on public.notification_preferences for select to authenticated
using ((select private.has_permission('organization:read')));
drop policy if exists insert_member on public.notification_preferences;
create policy insert_member on public.notification_preferences for insert to authenticated
with check ((select private.has_permission('organization:write')));
drop policy if exists update_member on public.notification_preferences;
create policy update_member on public.notification_preferences for update to authenticated
using ((select private.has_permission('organization:write')))
with check ((select private.has_permission('organization:write')));
drop policy if exists delete_member on public.notification_preferences;
create policy delete_member on public.notification_preferences for delete to authenticated
using ((select private.has_permission('organization:write')));
revoke all on public.notification_preferences from anon, authenticated, platform_admin;
grant select on public.notification_preferences to authenticated;
grant insert (id, organization_id, user_id, alert_type, channels, is_enabled) on public.notification_preferences
to authenticated;
grant update (id, organization_id, user_id, alert_type, channels, is_enabled) on public.notification_preferences
to authenticated;
grant delete on public.notification_preferences to authenticated;

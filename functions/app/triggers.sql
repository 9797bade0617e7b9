-- Every table with updated_at.
create or replace trigger _100_stamp_updated_at before update on public.organizations
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on public.users
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on public.projects
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on public.components
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on public.boms
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on public.alerts
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on public.enrichment_queue
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on public.notification_preferences
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on public.catalogue_parts
for each row execute function private.stamp_updated_at();
create or replace trigger _200_keep_key_columns before update on public.organizations
for each row execute function private.keep_key_columns('id', 'arc_saas_tenant_id', 'slug');
create or replace trigger _200_keep_key_columns before update on public.alerts
for each row execute function private.keep_key_columns('id', 'organization_id');
create or replace trigger _200_keep_key_columns before update on public.enrichment_queue
for each row execute function private.keep_key_columns('id', 'organization_id', 'bom_line_item_id');
create or replace trigger _200_keep_key_columns before update on public.projects
for each row execute function private.keep_key_columns('id', 'organization_id');
create or replace trigger _200_keep_key_columns before update on public.components
for each row execute function private.keep_key_columns('id', 'organization_id');
create or replace trigger _200_keep_key_columns before update on public.boms
for each row execute function private.keep_key_columns('id', 'organization_id', 'file_sha256');
create or replace trigger _200_keep_key_columns before update on public.notification_preferences
for each row execute function private.keep_key_columns('id', 'organization_id', 'user_id');

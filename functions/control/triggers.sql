-- Every table with updated_at; keys stay what they were.
create or replace trigger _100_stamp_updated_at before update on tenant_management.plans
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.leads
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.tenants
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.users
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.user_tenants
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.subscriptions
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.invoices
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.addresses
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.contacts
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.settings
for each row execute function private.stamp_updated_at();
create or replace trigger _100_stamp_updated_at before update on tenant_management.workflows
for each row execute function private.stamp_updated_at();
create or replace trigger _200_keep_key_columns before update on tenant_management.tenants
for each row execute function private.keep_key_columns('id', 'key', 'lead_id');
create or replace trigger _200_keep_key_columns before update on tenant_management.addresses
for each row execute function private.keep_key_columns('id', 'tenant_id');
create or replace trigger _200_keep_key_columns before update on tenant_management.contacts
for each row execute function private.keep_key_columns('id', 'tenant_id');
create or replace trigger _200_keep_key_columns before update on tenant_management.settings
for each row execute function private.keep_key_columns('id', 'tenant_id');
create or replace trigger _200_keep_key_columns before update on tenant_management.subscriptions
for each row execute function private.keep_key_columns('id', 'tenant_id');
create or replace trigger _200_keep_key_columns before update on tenant_management.invoices
for each row execute function private.keep_key_columns('id', 'tenant_id', 'number');

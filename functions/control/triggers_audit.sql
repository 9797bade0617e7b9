create or replace trigger _200_refuse_audit_change before update or delete on tenant_management.activity_log
for each row execute function private.refuse_audit_change();
create or replace trigger _200_refuse_audit_truncate before truncate on tenant_management.activity_log
for each statement execute function private.refuse_audit_change();

-- Every table whose changes people answer for. The others, with the reason, are in
-- tests/functions/shared/test_audit_coverage.py.
select private.audit_table('tenant_management.tenants', 'id', '{updated_at, settings_revision}');
select private.audit_table('tenant_management.subscriptions', 'tenant_id', '{updated_at}');
select private.audit_table('tenant_management.invoices', 'tenant_id', '{updated_at}');
select private.audit_table('tenant_management.addresses', 'tenant_id', '{updated_at}');
select private.audit_table('tenant_management.contacts', 'tenant_id', '{updated_at}');
select private.audit_table('tenant_management.settings', 'tenant_id', '{updated_at}');
select private.audit_table('tenant_management.user_tenants', 'tenant_id', '{updated_at}');
select private.audit_table('tenant_management.workflows', 'tenant_id', '{updated_at}');
select private.audit_table('tenant_management.users', '', '{updated_at}');
select private.audit_table('tenant_management.user_identities', '');
select private.audit_table('tenant_management.leads', '', '{updated_at}');
select private.audit_table('tenant_management.plans', '', '{updated_at}');
select private.audit_table('tenant_management.plan_limits', '');
select private.audit_table('tenant_management.plan_features', '');
select private.audit_table('tenant_management.app_planes', '');
select private.audit_table('private.lead_tokens', '');
select private.audit_table('private.issuers', '', '{jwks, keys_fetched_at}');
select private.audit_table('private.role_permissions', '');
select private.audit_table('private.reserved_tenant_keys', '');
select private.maintain_audit_log();

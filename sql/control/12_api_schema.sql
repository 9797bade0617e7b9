-- tenant_management is the schema PostgREST serves in the control plane.
create schema if not exists tenant_management;
comment on schema tenant_management is 'Control plane: tenants, leads, plans, subscriptions, invoices and provisioning';
grant usage on schema tenant_management to anon, authenticated, platform_admin;

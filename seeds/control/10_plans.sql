-- The plans of the price page; an operator may change them, so a later run leaves existing ones alone.
insert into tenant_management.plans (
    id, name, description, rank, price_minor, currency, billing_cycle, is_public
) values
('plan-free', 'Free', 'Try Ananta with a first BOM', 0, 0, 'USD', 'monthly', true),
('plan-basic', 'Basic', 'For a small team with a few products', 10, 4900, 'USD', 'monthly', true),
('plan-professional', 'Professional', 'For engineering and purchasing together', 20, 19900, 'USD', 'monthly', true),
('plan-enterprise', 'Enterprise', 'No limits, own placement', 30, 99900, 'USD', 'monthly', true)
on conflict (id) do nothing;

insert into tenant_management.plan_limits (plan_id, metric, limit_value) values
('plan-free', 'users', 2), ('plan-free', 'components', 100), ('plan-free', 'storage_gb', 1),
('plan-basic', 'users', 5), ('plan-basic', 'components', 10000), ('plan-basic', 'storage_gb', 10),
('plan-professional', 'users', 25), ('plan-professional', 'components', 50000),
('plan-professional', 'storage_gb', 100),
('plan-free', 'api_calls', 100000), ('plan-free', 'api_calls_per_minute', 600),
('plan-basic', 'api_calls', 1000000), ('plan-basic', 'api_calls_per_minute', 3000),
('plan-professional', 'api_calls', 10000000), ('plan-professional', 'api_calls_per_minute', 12000),
-- For how many days the audit log is kept.
('plan-free', 'audit_days', 30), ('plan-basic', 'audit_days', 90), ('plan-professional', 'audit_days', 365),
('plan-enterprise', 'audit_days', 2555)
on conflict (plan_id, metric) do nothing;

insert into tenant_management.plan_features (plan_id, feature) values
('plan-professional', 'ai_normalization'), ('plan-professional', 'bulk_export'),
('plan-enterprise', 'ai_normalization'), ('plan-enterprise', 'bulk_export'), ('plan-enterprise', 'dedicated_placement')
on conflict (plan_id, feature) do nothing;

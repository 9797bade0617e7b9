create table tenant_management.plan_limits (
    plan_id text not null,
    metric text not null,
    limit_value integer not null,
    constraint plan_limits_pkey primary key (plan_id, metric),
    constraint plan_limits_plan_id_fkey foreign key (plan_id) references tenant_management.plans (id) on delete cascade,
    constraint plan_limits_metric_check
    check (metric in ('users', 'components', 'storage_gb', 'api_calls', 'api_calls_per_minute', 'audit_days')),
    constraint plan_limits_limit_value_check check (limit_value >= 0)
);
comment on table tenant_management.plan_limits is 'Limits of a plan; a metric without a row is unlimited';
comment on column tenant_management.plan_limits.plan_id is 'Plan';
comment on column tenant_management.plan_limits.metric is
'users, components, storage_gb, api_calls (a month), api_calls_per_minute, or audit_days (for how long the audit log is
kept)';
comment on column tenant_management.plan_limits.limit_value is 'Most that the plan allows';

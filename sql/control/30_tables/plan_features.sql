create table tenant_management.plan_features (
    plan_id text not null,
    feature text not null,
    constraint plan_features_pkey primary key (plan_id, feature),
    constraint plan_features_plan_id_fkey foreign key (plan_id)
    references tenant_management.plans (id) on delete cascade
);
comment on table tenant_management.plan_features is 'Features a plan includes';
comment on column tenant_management.plan_features.plan_id is 'Plan';
comment on column tenant_management.plan_features.feature is 'Feature key, such as ai_normalization';

create table private.plan_features (
    plan_id text not null,
    feature text not null,
    constraint plan_features_pkey primary key (plan_id, feature)
);
comment on table private.plan_features is 'Features of each plan, for the flags of a new organization';
comment on column private.plan_features.plan_id is 'Plan';
comment on column private.plan_features.feature is 'Feature key';

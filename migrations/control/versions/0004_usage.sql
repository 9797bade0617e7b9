-- Plans that change reach the app plane by numbered events, and what it reports of use has its table.
-- squawk-ignore-file adding-field-with-default, ban-drop-constraint, constraint-missing-not-valid

create sequence private.plan_versions as bigint;
comment on sequence private.plan_versions is 'Numbers of what is said to the app plane about a tenant''s plan';

alter table tenant_management.subscriptions add column version bigint not null default 0;
comment on column tenant_management.subscriptions.version is
'Higher with every change of plan, status, or of the plan''s own limits and features: what the app plane is told carries
it, so that an older event never overrules a newer one';

create table tenant_management.tenant_usage (
    tenant_id uuid not null,
    metric text not null,
    current_count bigint not null,
    limit_value bigint,
    percentage bigint generated always as (
        case
            when limit_value > 0 then floor(current_count * 100.0 / limit_value)::bigint
            when limit_value = 0 and current_count > 0 then 100
            when limit_value = 0 then 0
        end
    ) stored,
    excess_count bigint generated always as (greatest(0, current_count - limit_value)) stored,
    reported_at timestamptz not null,
    constraint tenant_usage_pkey primary key (tenant_id, metric),
    constraint tenant_usage_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint tenant_usage_metric_check check (metric in ('users', 'components', 'storage_bytes', 'api_calls')),
    constraint tenant_usage_current_count_check check (current_count >= 0)
);
comment on table tenant_management.tenant_usage is
'Use of each limited metric as the app plane last reported it: at a threshold, and when the plan changed';
comment on column tenant_management.tenant_usage.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.tenant_usage.metric is 'users, components, storage_bytes or api_calls (this month)';
comment on column tenant_management.tenant_usage.current_count is 'Use when it was reported';
comment on column tenant_management.tenant_usage.limit_value is 'Limit when it was reported; null is unlimited';
comment on column tenant_management.tenant_usage.percentage is 'Use in per cent of the limit; null is unlimited';
comment on column tenant_management.tenant_usage.excess_count is 'What no longer fits the plan';
comment on column tenant_management.tenant_usage.reported_at is 'When it was so';

alter table tenant_management.plan_limits drop constraint plan_limits_metric_check,
add constraint plan_limits_metric_check
check (metric in ('users', 'components', 'storage_gb', 'api_calls', 'api_calls_per_minute'));
comment on column tenant_management.plan_limits.metric is
'users, components, storage_gb, api_calls (a month) or api_calls_per_minute';

-- PL/pgSQL, since a function in SQL that sets its search_path is planned anew at each call: every policy asks these.
create or replace function private.current_organization_id() returns uuid
language plpgsql stable parallel safe set search_path = '' as $$
begin
    return nullif(nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'organization_id', '')::uuid;
end
$$;

create or replace function private.current_tenant_id() returns uuid
language plpgsql stable parallel safe set search_path = '' as $$
begin
    return nullif(nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'tenantId', '')::uuid;
end
$$;

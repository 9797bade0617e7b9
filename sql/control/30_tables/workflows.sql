create table tenant_management.workflows (
    id text not null,
    tenant_id uuid not null,
    name text not null,
    status text not null default 'pending',
    input jsonb not null,
    correlation_id text,
    started_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint workflows_pkey primary key (id),
    constraint workflows_tenant_id_id_key unique (tenant_id, id),
    constraint workflows_tenant_id_fkey foreign key (tenant_id)
    references tenant_management.tenants (id) on delete cascade,
    constraint workflows_status_check
    check (status in ('pending', 'running', 'halted', 'cancelling', 'cancelled', 'completed'))
);
comment on table tenant_management.workflows is 'Runs of declared workflows, such as provisioning';
comment on column tenant_management.workflows.id is
'Workflow id, such as provision-tenant-{tenantId}: starting it twice is one run';
comment on column tenant_management.workflows.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.workflows.name is 'Declared workflow, such as TenantProvisioningWorkflow';
comment on column tenant_management.workflows.status is 'pending, running, halted, cancelling, cancelled or completed';
comment on column tenant_management.workflows.input is 'What it was started with; no secret';
comment on column tenant_management.workflows.correlation_id is 'Correlation id of the request that started it';
comment on column tenant_management.workflows.started_at is 'When the first step began';
comment on column tenant_management.workflows.finished_at is 'When it ended';
comment on column tenant_management.workflows.created_at is 'When the row was made';
comment on column tenant_management.workflows.updated_at is 'When the row last changed';

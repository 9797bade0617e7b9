create table tenant_management.workflow_steps (
    tenant_id uuid not null,
    workflow_id text not null,
    position integer not null,
    name text not null,
    status text not null default 'pending',
    attempt integer not null default 0,
    max_attempts integer not null,
    started_at timestamptz,
    finished_at timestamptz,
    next_attempt_at timestamptz,
    cause text,
    hint text,
    output jsonb,
    constraint workflow_steps_pkey primary key (workflow_id, position),
    constraint workflow_steps_workflow_id_name_key unique (workflow_id, name),
    constraint workflow_steps_workflow_id_fkey foreign key (tenant_id, workflow_id)
    references tenant_management.workflows (tenant_id, id) on delete cascade,
    constraint workflow_steps_status_check
    check (status in ('pending', 'running', 'waiting', 'completed', 'failed', 'undoing', 'undone'))
);
comment on table tenant_management.workflow_steps is 'Steps of a workflow run: how far it is, and why it waits';
comment on column tenant_management.workflow_steps.tenant_id is 'Tenant that owns the row';
comment on column tenant_management.workflow_steps.workflow_id is 'The run';
comment on column tenant_management.workflow_steps.position is 'Place in the run, from 1';
comment on column tenant_management.workflow_steps.name is 'Declared step, such as createIdpUser';
comment on column tenant_management.workflow_steps.status is
'pending, running, waiting (to be tried again), completed, failed, undoing or undone';
comment on column tenant_management.workflow_steps.attempt is 'Tries made';
comment on column tenant_management.workflow_steps.max_attempts is 'Tries allowed';
comment on column tenant_management.workflow_steps.started_at is 'When the last try began';
comment on column tenant_management.workflow_steps.finished_at is 'When it was completed or undone';
comment on column tenant_management.workflow_steps.next_attempt_at is 'When it is tried again';
comment on column tenant_management.workflow_steps.cause is 'Why the last try failed';
comment on column tenant_management.workflow_steps.hint is 'What an operator can do';
comment on column tenant_management.workflow_steps.output is 'What the step returned; no secret';

create index workflow_steps_tenant_id_workflow_id_idx on tenant_management.workflow_steps (tenant_id, workflow_id);

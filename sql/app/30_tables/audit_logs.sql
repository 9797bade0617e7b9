create table public.audit_logs (
    id uuid not null default gen_random_uuid(),
    organization_id uuid not null,
    actor_id uuid,
    action text not null,
    table_name text not null,
    row_id uuid not null,
    before jsonb,
    after jsonb,
    correlation_id text,
    created_at timestamptz not null default now(),
    constraint audit_logs_pkey primary key (id),
    constraint audit_logs_organization_id_id_key unique (organization_id, id),
    constraint audit_logs_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade,
    constraint audit_logs_action_check check (action in ('insert', 'update', 'delete'))
);
comment on table public.audit_logs is 'Who changed what; append-only';
comment on column public.audit_logs.id is 'Identifier';
comment on column public.audit_logs.organization_id is 'Organization that owns the row';
comment on column public.audit_logs.actor_id is 'users.id of who did it; null is the platform';
comment on column public.audit_logs.action is 'insert, update or delete';
comment on column public.audit_logs.table_name is 'Table changed';
comment on column public.audit_logs.row_id is 'Row changed';
comment on column public.audit_logs.before is 'Row before';
comment on column public.audit_logs.after is 'Row after';
comment on column public.audit_logs.correlation_id is 'Correlation id of the request';
comment on column public.audit_logs.created_at is 'When the row was made';

create index audit_logs_organization_id_created_at_idx on public.audit_logs (organization_id, created_at);

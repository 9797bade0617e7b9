create or replace function private.workflow_input(run tenant_management.workflows) returns jsonb
language sql stable security definer set search_path = '' as $$
    select run.input || coalesce(
        (select jsonb_build_object('adminUser', jsonb_build_object(
            'email', c.email, 'firstName', c.first_name, 'lastName', c.last_name))
         from tenant_management.contacts as c
         where c.tenant_id = run.tenant_id and c.id = (run.input ->> 'adminContactId')::uuid),
        '{}')
$$;
comment on function private.workflow_input(tenant_management.workflows) is
'A run''s input with its person, as the contact says now: the run itself names the contact alone, since the history of
runs holds no personal data';

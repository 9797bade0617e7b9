create or replace function private.apply_step_output(
    run tenant_management.workflows, step tenant_management.workflow_steps
)
returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    admin constant jsonb := private.workflow_input(run) -> 'adminUser';
    admin_id uuid;
begin
    if step.name = 'createIdpUser' then
        insert into tenant_management.users as u (email, first_name, last_name)
        values (admin ->> 'email', admin ->> 'firstName', admin ->> 'lastName')
        on conflict on constraint users_email_key do update set updated_at = now()
        returning u.id into admin_id;
        insert into tenant_management.user_tenants (user_id, tenant_id, role) values (admin_id, run.tenant_id, 'owner')
        on conflict on constraint user_tenants_pkey do nothing;
    elsif step.name = 'provisionAppPlane' then
        update tenant_management.tenants as t set
            app_plane_org_id = (step.output ->> 'organizationId')::uuid, portal_url = step.output ->> 'portalUrl', updated_at = now()
        where t.id = run.tenant_id;
    end if;
end
$$;
comment on function private.apply_step_output(tenant_management.workflows, tenant_management.workflow_steps) is
'What a completed provisioning step means for our tables: the first admin, the tenant''s organization and portal';

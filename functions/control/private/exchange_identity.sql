create or replace function private.exchange_identity(
    issuer text, subject text, email text, is_email_verified boolean, tenant_id uuid
)
returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    issuer_realm text;
    person tenant_management.users;
    member_tenant tenant_management.tenants;
begin
    select i.realm into issuer_realm from private.issuers as i where i.issuer = exchange_identity.issuer and i.status = 'active';
    select u.* into person from tenant_management.users as u
    left join tenant_management.user_identities as ui
        on ui.issuer = exchange_identity.issuer and ui.subject = exchange_identity.subject
    where u.status = 'active' and issuer_realm in ('master', 'arc-saas')
        and (ui.user_id = u.id
            or (ui.user_id is null and is_email_verified and u.email = exchange_identity.email::extensions.citext));
    if found and issuer_realm = 'arc-saas' then
        select t.* into member_tenant
        from tenant_management.user_tenants as ut join tenant_management.tenants as t on t.id = ut.tenant_id
        where ut.user_id = person.id and ut.status = 'active' and t.status = 'active'
            and t.id = coalesce(exchange_identity.tenant_id, t.id)
        order by t.created_at limit 1;
    end if;
    if person.id is null or (issuer_realm = 'master' and not person.is_platform_admin)
        or (issuer_realm = 'arc-saas' and member_tenant.id is null)
    then
        raise exception using
            errcode = 'PT403', message = 'not_a_member', detail = '{}',
            hint = 'This account has no active membership here. Ask an owner or admin of your company.';
    end if;
    insert into tenant_management.user_identities (issuer, subject, user_id)
    values (exchange_identity.issuer, exchange_identity.subject, person.id) on conflict do nothing;
    if issuer_realm = 'master' then
        return jsonb_build_object('sub', person.id, 'userId', person.id, 'role', 'platform_admin', 'permissions', '[]'::jsonb);
    end if;
    return jsonb_build_object(
        'sub', person.id, 'userId', person.id, 'role', 'authenticated', 'tenantId', member_tenant.id,
        'organizationId', member_tenant.app_plane_org_id, 'organization_id', member_tenant.app_plane_org_id, 'permissions',
        (select coalesce(jsonb_agg(p.permission order by p.permission), '[]') from private.role_permissions as p
         join tenant_management.user_tenants as ut on ut.role = p.role
         where ut.user_id = person.id and ut.tenant_id = member_tenant.id)
    );
end
$$;
comment on function private.exchange_identity(text, text, text, boolean, uuid) is
'The platform claims of a verified subject: an operator (realm master, decided by users.is_platform_admin), or a
member of a tenant (realm arc-saas; the first tenant unless one is asked for).

Errors: not_a_member (403). Idempotent: yes.';
grant execute on function private.exchange_identity(text, text, text, boolean, uuid) to ananta_edge;

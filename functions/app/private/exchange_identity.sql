create or replace function private.exchange_identity(issuer text, subject text, email text, is_email_verified boolean)
returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    member record;
begin
    select u.id, u.organization_id, o.arc_saas_tenant_id, u.role, u.joined_at into member
    from private.organization_issuers as oi
    join private.issuers as i on i.issuer = oi.issuer and i.status = 'active'
    join public.organizations as o on o.id = oi.organization_id and o.status = 'active'
    join public.users as u on u.organization_id = o.id and u.status = 'active'
    left join private.user_identities as ui on ui.issuer = oi.issuer and ui.subject = exchange_identity.subject
    where oi.issuer = exchange_identity.issuer
        and (ui.user_id = u.id
            or (ui.user_id is null and is_email_verified and u.email = exchange_identity.email::extensions.citext));
    if not found then
        raise exception using
            errcode = 'PT403', message = 'not_a_member', detail = '{}',
            hint = 'This account has no active membership here. Ask an owner or admin of the organization.';
    end if;
    insert into private.user_identities (issuer, subject, organization_id, user_id)
    values (exchange_identity.issuer, exchange_identity.subject, member.organization_id, member.id)
    on conflict do nothing;
    if member.joined_at is null then
        update public.users as u set joined_at = now() where u.id = member.id;
    end if;
    return jsonb_build_object(
        'sub', member.id, 'userId', member.id, 'role', 'authenticated', 'tenantId', member.arc_saas_tenant_id,
        'organizationId', member.organization_id, 'organization_id', member.organization_id, 'permissions',
        (select coalesce(jsonb_agg(p.permission order by p.permission), '[]') from private.role_permissions as p
         where p.role = member.role)
    );
end
$$;
comment on function private.exchange_identity(text, text, text, boolean) is
'The platform claims of a verified subject of a realm: only members of the one organization the realm may speak for.

A subject seen for the first time is joined to the member with the same verified address; the first ever sets
users.joined_at.
Errors: not_a_member (403). Idempotent: yes.';
grant execute on function private.exchange_identity(text, text, text, boolean) to ananta_edge;

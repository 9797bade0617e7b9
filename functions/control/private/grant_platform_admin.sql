create or replace function private.grant_platform_admin(email text, first_name text, last_name text) returns uuid
language sql volatile security definer set search_path = '' as $$
    insert into tenant_management.users as u (email, first_name, last_name, is_platform_admin)
    values (
        grant_platform_admin.email, grant_platform_admin.first_name, grant_platform_admin.last_name, true
    )
    on conflict on constraint users_email_key do update set is_platform_admin = true, status = 'active'
    returning u.id
$$;
comment on function private.grant_platform_admin(text, text, text) is
'Makes a person an operator of the platform. Only who migrates the database may do it; no API offers it.

Idempotent: yes, by address.';

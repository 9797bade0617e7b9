create or replace function private.audit_days(owner_id uuid) returns integer
language plpgsql stable security definer set search_path = '' as $$
begin
    return (select o.audit_days from public.organizations as o where o.id = audit_days.owner_id);
end
$$;
comment on function private.audit_days(uuid) is
'For how many days an organization''s audit entries are kept at least; null is for ever, as for the platform''s own';

create or replace function private.list_organizations(slug text default null) returns setof uuid
language sql stable security definer set search_path = '' as $$
    select o.id from public.organizations as o
    where o.slug = list_organizations.slug or list_organizations.slug is null order by o.id
$$;
comment on function private.list_organizations(text) is
'Every organization, or the one of a tenant key, for work that goes through them one by one';
grant execute on function private.list_organizations(text) to ananta_worker;

-- What generated columns and checks call; tables depend on these, so they change by revision only.
create function private.is_slug(value text) returns boolean
language sql immutable parallel safe set search_path = '' as $$
    select value ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'
$$;
comment on function private.is_slug(text) is 'True for lower-case words joined by single hyphens';

create function private.is_person_name(value text) returns boolean
language sql immutable parallel safe set search_path = '' as $$
    select value !~ '[[:cntrl:]\u0085\u2028-\u202e\u2066-\u2069/\\:@<>]|[.\u3002\uff0e\uff61][^[:space:].]{2}'
$$;
comment on function private.is_person_name(text) is
'True for a text without line breaks, marks of direction, the signs / \ : @ < >, and dots inside of words: what a mail
program would make a link of is no name to greet somebody with';

-- PL/pgSQL, since a function in SQL that sets its search_path is planned anew at each call: every policy asks these.
create function private.current_organization_id() returns uuid
language plpgsql stable parallel safe set search_path = '' as $$
begin
    return nullif(nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'organization_id', '')::uuid;
end
$$;
comment on function private.current_organization_id() is
'The organization of the caller''s token, or null: then no row is theirs';

create function private.current_tenant_id() returns uuid
language plpgsql stable parallel safe set search_path = '' as $$
begin
    return nullif(nullif(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb ->> 'tenantId', '')::uuid;
end
$$;
comment on function private.current_tenant_id() is 'The tenant of the caller''s token, or null: then no row is theirs';

grant execute on function private.current_organization_id()
to anon, authenticated, platform_admin, ananta_edge, ananta_worker;
grant execute on function private.current_tenant_id()
to anon, authenticated, platform_admin, ananta_edge, ananta_worker;
grant execute on function private.is_slug(text) to anon, authenticated, platform_admin, ananta_edge, ananta_worker;
grant execute on function private.is_person_name(text) to authenticated, platform_admin;

-- Of a bounded length, since each queue has an index on it.
create function private.message_owner(message jsonb) returns text
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return left(coalesce(message ->> 'organization_id', message ->> 'tenant_id', ''), 36);
end
$$;
comment on function private.message_owner(jsonb) is 'Whose message it is, so that tenants take turns; empty: nobody''s';

-- public is the schema PostgREST serves in the app plane.
grant usage on schema public to anon, authenticated;
do $$
begin
    -- Where the schema is not ours, as on Supabase, its comment stays.
    if pg_has_role((select n.nspowner from pg_catalog.pg_namespace as n where n.nspname = 'public'), 'usage') then
        comment on schema public is 'App plane: organizations, components, bills of materials, catalogue and alerts';
    end if;
end
$$;

-- public is the schema PostgREST serves in the app plane.
grant usage on schema public to anon, authenticated;

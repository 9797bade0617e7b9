-- What all tenants share: read-only by grant, no row of it is anybody's.
alter table public.catalogue_parts enable row level security;
alter table public.catalogue_parts force row level security;
drop policy if exists all_owner on public.catalogue_parts;
create policy all_owner on public.catalogue_parts to ananta_owner using (true) with check (true);
drop policy if exists select_all on public.catalogue_parts;
create policy select_all on public.catalogue_parts for select to authenticated
using (true);
revoke all on public.catalogue_parts from anon, authenticated, platform_admin;
grant select on public.catalogue_parts to authenticated;

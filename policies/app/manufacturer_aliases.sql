-- What all tenants share: read-only by grant, no row of it is anybody's.
alter table public.manufacturer_aliases enable row level security;
alter table public.manufacturer_aliases force row level security;
drop policy if exists all_owner on public.manufacturer_aliases;
create policy all_owner on public.manufacturer_aliases to ananta_owner using (true) with check (true);
drop policy if exists select_all on public.manufacturer_aliases;
create policy select_all on public.manufacturer_aliases for select to authenticated
using (true);
revoke all on public.manufacturer_aliases from anon, authenticated, platform_admin;
grant select on public.manufacturer_aliases to authenticated;

-- What all tenants share: read-only by grant, no row of it is anybody's.
alter table public.manufacturers enable row level security;
alter table public.manufacturers force row level security;
drop policy if exists all_owner on public.manufacturers;
create policy all_owner on public.manufacturers to ananta_owner using (true) with check (true);
drop policy if exists select_all on public.manufacturers;
create policy select_all on public.manufacturers for select to authenticated
using (true);
revoke all on public.manufacturers from anon, authenticated, platform_admin;
grant select on public.manufacturers to authenticated;

-- What all tenants share: read-only by grant, no row of it is anybody's.
alter table public.vendors enable row level security;
alter table public.vendors force row level security;
drop policy if exists all_owner on public.vendors;
create policy all_owner on public.vendors to ananta_owner using (true) with check (true);
drop policy if exists select_all on public.vendors;
create policy select_all on public.vendors for select to authenticated
using (true);
revoke all on public.vendors from anon, authenticated, platform_admin;
grant select on public.vendors to authenticated;

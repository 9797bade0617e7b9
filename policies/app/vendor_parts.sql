-- What all tenants share: read-only by grant, no row of it is anybody's.
alter table public.vendor_parts enable row level security;
alter table public.vendor_parts force row level security;
drop policy if exists all_owner on public.vendor_parts;
create policy all_owner on public.vendor_parts to ananta_owner using (true) with check (true);
drop policy if exists select_all on public.vendor_parts;
create policy select_all on public.vendor_parts for select to authenticated
using (true);
revoke all on public.vendor_parts from anon, authenticated, platform_admin;
grant select on public.vendor_parts to authenticated;

alter table private.usage_counters enable row level security;
alter table private.usage_counters force row level security;
drop policy if exists all_owner on private.usage_counters;
create policy all_owner on private.usage_counters to ananta_owner using (true) with check (true);
revoke all on private.usage_counters from anon, authenticated, platform_admin;

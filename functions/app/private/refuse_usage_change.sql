-- A view without it refuses to be written before rights are looked at, and not as what may not be done (403).
create or replace function private.refuse_usage_change() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
    raise exception using
        errcode = 'PT403', message = 'permission_denied', detail = '{}',
        hint = 'Counters follow from what they count.';
end
$$;
comment on function private.refuse_usage_change() is
'Trigger: nobody writes public.usage_counters; clients have no right to, either.

Errors: permission_denied (403).';

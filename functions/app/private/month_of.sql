create or replace function private.month_of(moment timestamptz) returns date
language sql immutable set search_path = '' as $$
    select date_trunc('month', moment at time zone 'UTC')::date
$$;
comment on function private.month_of(timestamptz) is 'First day of the calendar month (UTC) a moment is in';

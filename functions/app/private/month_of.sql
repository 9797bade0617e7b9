create or replace function private.month_of(moment timestamptz) returns timestamptz
language sql immutable set search_path = '' as $$
    select date_trunc('month', moment at time zone 'UTC') at time zone 'UTC'
$$;
comment on function private.month_of(timestamptz) is 'Start of the calendar month (UTC) a moment is in';

create or replace function private.usage_event_window() returns interval
language sql immutable set search_path = '' as $$
    select interval '62 days'
$$;
comment on function private.usage_event_window() is
'How long what was metered is kept event by event: the month that is counted and the one before. As long a repeated
event is known, and one that comes late is counted, in its own month; one later than that is not.';

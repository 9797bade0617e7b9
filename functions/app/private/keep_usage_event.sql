create or replace function private.keep_usage_event() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
    raise exception using
        errcode = 'PT409', message = 'usage_event_fixed', detail = '{}', hint = 'Record another event instead.';
end
$$;
comment on function private.keep_usage_event() is
'Trigger: what was metered is not changed afterwards.

Errors: usage_event_fixed (409).';

create or replace trigger _200_keep_usage_event before update on private.usage_events
for each statement execute function private.keep_usage_event();

create or replace function private.stamp_updated_at() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
    new.updated_at := now();
    return new;
end
$$;
comment on function private.stamp_updated_at() is
'Trigger: updated_at is the time of the change, whatever the client sent';

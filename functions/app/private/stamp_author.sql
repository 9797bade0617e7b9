create or replace function private.stamp_author() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
    new.author_id := coalesce(private.current_user_id(), new.author_id);
    return new;
end
$$;
comment on function private.stamp_author() is 'Trigger: the author of a comment is who writes it';

create or replace trigger _100_stamp_author before insert on public.bom_line_comments
for each row execute function private.stamp_author();

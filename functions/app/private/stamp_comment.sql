-- Not a definer: a line that its writer does not see is no line. What has no BOM gets an id that none has, so that the
-- reference refuses it, as it would refuse a line that is nowhere.
create or replace function private.stamp_comment() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
    new.author_id := coalesce(private.current_user_id(), new.author_id);
    new.bom_id := coalesce(
        new.bom_id,
        (select l.bom_id from public.bom_line_items as l
            where l.organization_id = new.organization_id and l.id = new.bom_line_item_id),
        '00000000-0000-0000-0000-000000000000');
    return new;
end
$$;
comment on function private.stamp_comment() is
'Trigger: the author of a comment is who writes it, its BOM that of the line, which must be one that the writer sees.';

create or replace trigger _100_stamp_comment before insert on public.bom_line_comments
for each row execute function private.stamp_comment();

create or replace function private.mention_members() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    named constant uuid[] := array(select private.mentioned_members(new));
    mention_id uuid;
begin
    delete from public.mentions as m
    where m.organization_id = new.organization_id and m.bom_line_comment_id = new.id and m.user_id <> all (named);
    for mention_id in
        insert into public.mentions (organization_id, bom_id, bom_line_comment_id, user_id)
        select new.organization_id, new.bom_id, new.id, n.user_id from unnest(named) as n (user_id)
        on conflict on constraint mentions_bom_line_comment_id_user_id_key do nothing
        returning id
    loop
        perform private.enqueue('notifications', 'mention.created', mention_id::text,
            jsonb_build_object('organization_id', new.organization_id));
    end loop;
    return null;
end
$$;
comment on function private.mention_members() is
'Trigger: one row and one message for each member whom a comment names now and did not before; those whom it names no
more lose theirs.

Effects: message mention.created.';

create or replace trigger _500_mention_members after insert or update of body on public.bom_line_comments
for each row execute function private.mention_members();

-- A definer, since edited_at is not a client's to write; organization, project and author are checked first.
create or replace function public.edit_comment(comment_id uuid, body text) returns public.bom_line_comments
language plpgsql volatile security definer set search_path = '' as $$
declare
    comment public.bom_line_comments;
begin
    perform private.require_permission('boms:write');
    select c.* into comment from public.bom_line_comments as c
    where c.id = edit_comment.comment_id and c.organization_id = private.current_organization_id()
        and c.bom_id not in (select private.hidden_bom_ids())
    for no key update of c;
    if not found then
        raise exception using
            errcode = 'PT404', message = 'comment_not_found', detail = '{}', hint = 'Check the id of the comment.';
    elsif comment.author_id is distinct from private.current_user_id() then
        raise exception using
            errcode = 'PT403', message = 'not_the_author', detail = '{}',
            hint = 'Only its author edits a comment; an admin or owner may delete it.';
    elsif comment.body is distinct from edit_comment.body then
        update public.bom_line_comments as c set body = edit_comment.body, edited_at = now()
        where c.id = comment.id returning * into comment;
    end if;
    return comment;
end
$$;
comment on function public.edit_comment(uuid, text) is
'Changes the text of one''s own comment. Members that it names now and did not before are told.

Auth: permission boms:write, the author. Errors: permission_denied (403), comment_not_found (404), not_the_author (403).
Effects: mentions, messages mention.created. Idempotent: yes.';
grant execute on function public.edit_comment(uuid, text) to authenticated;

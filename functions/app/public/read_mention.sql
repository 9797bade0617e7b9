-- A definer, since nobody writes mentions; only the caller's own are found.
create or replace function public.read_mention(mention_id uuid) returns public.mentions
language plpgsql volatile security definer set search_path = '' as $$
declare
    mention public.mentions;
begin
    perform private.require_permission('boms:read');
    update public.mentions as m set read_at = coalesce(m.read_at, now())
    where m.id = read_mention.mention_id and m.organization_id = private.current_organization_id()
        and m.user_id = private.current_user_id() and m.bom_id not in (select private.hidden_bom_ids())
    returning * into mention;
    if not found then
        raise exception using
            errcode = 'PT404', message = 'mention_not_found', detail = '{}', hint = 'Check the id; it must be a mention of you.';
    end if;
    return mention;
end
$$;
comment on function public.read_mention(uuid) is
'Marks a mention of oneself as read; a mail about it that was not sent yet is not sent.

Auth: permission boms:read, the member mentioned. Errors: permission_denied (403), mention_not_found (404).
Idempotent: yes.';
grant execute on function public.read_mention(uuid) to authenticated;

-- A deactivated member frees the seat at once, so seats alone do not bound how many strangers get our mail.
create or replace function private.enqueue_user_identity() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    invited record;
    retry_after integer;
begin
    if private.current_user_id() is null then
        return null;
    end if;
    for invited in
        select n.id, n.organization_id, coalesce(greatest(10, 2 * o.max_users), 10000) as daily_limit
        from new_rows as n join public.organizations as o on o.id = n.organization_id
    loop
        retry_after := private.take_rate_limit('invitations:' || invited.organization_id, invited.daily_limit, interval '1 day');
        if retry_after > 0 then
            raise exception using
                errcode = 'PT429', message = 'too_many_invitations',
                detail = json_build_object('limit', invited.daily_limit, 'retry_after', retry_after)::text,
                hint = 'Invite fewer people a day. Deactivated members can be activated again without a new invitation.';
        end if;
        perform private.enqueue('identities', 'user.created', invited.id::text,
            jsonb_build_object('organization_id', invited.organization_id));
    end loop;
    return null;
end
$$;
comment on function private.enqueue_user_identity() is
'Trigger: a member added by a person gets an account in the tenant''s realm and a mailed link to set a password. A day
has twice as many invitations as the plan has seats, 10 at least, and 10,000 where seats are unlimited.

Errors: too_many_invitations (429), details {limit, retry_after}. Effects: message user.created.';

create or replace trigger _900_enqueue_user_identity after insert on public.users
referencing new table as new_rows for each statement execute function private.enqueue_user_identity();

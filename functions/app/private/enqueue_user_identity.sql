create or replace function private.enqueue_user_identity() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
    if private.current_user_id() is not null then
        perform private.enqueue('identities', 'user.created', new.id::text, jsonb_build_object('organization_id', new.organization_id));
    end if;
    return null;
end
$$;
comment on function private.enqueue_user_identity() is
'Trigger: a member added by a person gets an account in the tenant''s realm and a mailed link to set a password';

create or replace trigger _900_enqueue_user_identity after insert on public.users
for each row execute function private.enqueue_user_identity();

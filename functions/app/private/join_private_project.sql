create or replace function private.join_private_project() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
begin
    insert into public.project_members (organization_id, project_id, user_id)
    select u.organization_id, new.id, u.id from public.users as u
    where u.organization_id = new.organization_id and u.id = private.current_user_id()
    on conflict on constraint project_members_project_id_user_id_key do nothing;
    return null;
end
$$;
comment on function private.join_private_project() is
'Trigger: whoever makes a project private is one of its members, and so sees it still.';

create or replace trigger _500_join_private_project after insert or update of is_private on public.projects
for each row when (new.is_private) execute function private.join_private_project();

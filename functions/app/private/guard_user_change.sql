-- Roles are decided here: whoever may write users must not be able to make themselves, or anyone, more than they are.
create or replace function private.guard_user_change() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    actor_role text;
begin
    if private.current_user_id() is null then
        return coalesce(new, old);
    end if;
    select u.role into actor_role from public.users as u where u.id = private.current_user_id();
    if actor_role is distinct from 'owner' and 'owner' in (new.role, old.role) then
        raise exception using
            errcode = 'PT403', message = 'owner_required', detail = '{}', hint = 'Only an owner may make or change an owner.';
    end if;
    if old.role = 'owner' and old.status = 'active' and (new.role is distinct from 'owner' or new.status <> 'active') then
        perform from public.organizations as o where o.id = old.organization_id for update;
        if not exists (
            select from public.users as u
            where u.organization_id = old.organization_id and u.id <> old.id and u.role = 'owner' and u.status = 'active'
        ) then
            raise exception using
                errcode = 'PT409', message = 'last_owner', detail = '{}', hint = 'Make another member an owner first.';
        end if;
    end if;
    return coalesce(new, old);
end
$$;
comment on function private.guard_user_change() is
'Trigger: only owners make or change owners, and the last active owner stays.

Errors: owner_required (403), last_owner (409).';

create or replace trigger _200_guard_user_change before insert or update or delete on public.users
for each row execute function private.guard_user_change();
create or replace trigger _210_keep_key_columns before update on public.users
for each row execute function private.keep_key_columns('id', 'organization_id', 'email');

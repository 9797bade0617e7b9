-- Statement-level over transition tables: one counter update a statement, and the batch lands whole or not at all.
create or replace function private.count_usage() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    metric constant text := tg_argv[0];
    changed record;
begin
    if tg_op = 'INSERT' then
        for changed in
            select organization_id, count(*) as delta from new_rows
            where metric <> 'users' or private.is_counted(to_jsonb(new_rows))
            group by organization_id order by organization_id
        loop
            perform private.add_usage(changed.organization_id, metric, changed.delta);
        end loop;
    elsif tg_op = 'DELETE' then
        for changed in
            select organization_id, -count(*) as delta from old_rows
            where metric <> 'users' or private.is_counted(to_jsonb(old_rows))
            group by organization_id order by organization_id
        loop
            perform private.add_usage(changed.organization_id, metric, changed.delta);
        end loop;
    else
        for changed in
            select organization_id, sum(delta) as delta from (
                select organization_id, 1 as delta from new_rows
                where metric <> 'users' or private.is_counted(to_jsonb(new_rows))
                union all
                select organization_id, -1 from old_rows
                where metric <> 'users' or private.is_counted(to_jsonb(old_rows))
            ) as d group by organization_id having sum(delta) <> 0 order by organization_id
        loop
            perform private.add_usage(changed.organization_id, metric, changed.delta::bigint);
        end loop;
    end if;
    return null;
end
$$;
comment on function private.count_usage() is
'Trigger: keeps usage_counters for the metric named in its argument.

Errors: quota_exceeded (402).';

create or replace trigger _500_count_components_insert after insert on public.components
referencing new table as new_rows for each statement execute function private.count_usage('components');
create or replace trigger _500_count_components_delete after delete on public.components
referencing old table as old_rows for each statement execute function private.count_usage('components');

create or replace trigger _500_count_users_insert after insert on public.users
referencing new table as new_rows for each statement execute function private.count_usage('users');
create or replace trigger _500_count_users_delete after delete on public.users
referencing old table as old_rows for each statement execute function private.count_usage('users');
create or replace trigger _500_count_users_update after update on public.users
referencing old table as old_rows new table as new_rows for each statement execute function private.count_usage(
    'users'
);

-- A definer: clients may call the aggregate, and none of the functions it is made of. Volatile, or the planner might
-- ask for the feature before there is a caller.
create or replace function private.finish_list_export(rows text[]) returns private."text/csv"  -- noqa: RF05
language plpgsql volatile parallel unsafe security definer set search_path = '' as $$
begin
    if private.current_organization_id() is not null then
        perform private.require_feature('bulk_export');
    end if;
    return private.finish_csv(finish_list_export.rows);
end
$$;
comment on function private.finish_list_export(text[]) is
'End of the aggregate format_csv in the app plane: a tenant''s lists as CSV are the feature bulk_export.

Errors: feature_not_in_plan (402).';

-- A quantity that is written again as it was understood is confirmed by that.
create or replace function private.confirm_quantity() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
    new.warnings := jsonb_path_query_array(new.warnings, '$[*] ? (!(@.field == "quantity"))');
    return new;
end
$$;
comment on function private.confirm_quantity() is
'Trigger: a quantity that a person writes settles the warnings about it';

create or replace trigger _190_confirm_quantity before update of quantity on public.bom_line_items
for each row when (current_user = 'authenticated') execute function private.confirm_quantity();

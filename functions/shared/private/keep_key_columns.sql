-- Clients may send keys in an upsert, so the columns are granted; this keeps them what they were.
create or replace function private.keep_key_columns() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
    column_name text;
begin
    foreach column_name in array tg_argv loop
        if (to_jsonb(new) -> column_name) is distinct from (to_jsonb(old) -> column_name) then
            raise exception using
                errcode = 'PT409', message = 'key_column_changed',
                detail = jsonb_build_object('table', tg_table_name, 'column', column_name)::text,
                hint = 'Keys cannot be changed; make a new row instead.';
        end if;
    end loop;
    return new;
end
$$;
comment on function private.keep_key_columns() is
'Trigger: refuses a change of the columns named in its arguments.

Errors: key_column_changed (409).';

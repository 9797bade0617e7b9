create or replace function private.review_line_change() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
    kept jsonb := '[]'::jsonb;
begin
    perform from public.boms as b
    where b.organization_id = old.organization_id and b.id = old.bom_id and b.status = 'in_review' for no key update;
    if not found then
        raise exception using
            errcode = 'PT409', message = 'bom_not_in_review', detail = '{}',
            hint = 'Lines change while their BOM is in review; upload with review=true, or give a mapping.';
    end if;
    if tg_op = 'UPDATE' then
        select coalesce(jsonb_agg(w.warning), '[]') into kept from jsonb_array_elements(new.warnings) as w (warning)
        where private.line_field(to_jsonb(new), w.warning ->> 'field')
            is not distinct from private.line_field(to_jsonb(old), w.warning ->> 'field')
            and (w.warning ->> 'code' <> 'nothing_to_match'
                or coalesce(new.mpn, new.supplier_sku, new.value, new.description) is null);
        new.warnings := kept;
    end if;
    update public.boms as b set
        line_count = b.line_count - case tg_op when 'DELETE' then 1 else 0 end, updated_at = now(),
        warning_count = b.warning_count - jsonb_array_length(old.warnings) + jsonb_array_length(kept),
        error_count = b.error_count - private.error_count(old.warnings) + private.error_count(kept)
    where b.organization_id = old.organization_id and b.id = old.bom_id;
    return coalesce(new, old);
end
$$;
comment on function private.review_line_change() is
'Trigger: people change and delete lines during a review only; a changed field settles the warnings about it.

Errors: bom_not_in_review (409).';

-- Only what clients write themselves: functions of the import and of the API answer for what they do.
create or replace trigger _200_review_line_update before update on public.bom_line_items
for each row when (current_user = 'authenticated') execute function private.review_line_change();
create or replace trigger _200_review_line_delete before delete on public.bom_line_items
for each row when (current_user = 'authenticated') execute function private.review_line_change();
create or replace trigger _210_keep_key_columns before update of id, organization_id on public.bom_line_items
for each row execute function private.keep_key_columns('id', 'organization_id');

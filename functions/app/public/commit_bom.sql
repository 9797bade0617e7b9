-- A definer, since status is not a client's to write; the caller's organization and permission are checked first.
create or replace function public.commit_bom(bom_id uuid, with_errors boolean default false) returns public.boms
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms := private.require_bom(commit_bom.bom_id);
begin
    if bom.status <> 'in_review' then
        return bom;
    end if;
    if bom.error_count > 0 and not with_errors then
        raise exception using
            errcode = 'PT409', message = 'bom_has_errors', detail = jsonb_build_object('error_count', bom.error_count)::text,
            hint = 'Correct or delete the lines with warnings of severity error, or commit with with_errors.';
    end if;
    perform private.renumber_bom_lines(bom.organization_id, bom.id);
    update public.boms as b set status = 'parsed', updated_at = now(), line_count = c.line_count,
        warning_count = c.warning_count, error_count = c.error_count
    from private.count_bom_lines(bom.organization_id, bom.id) as c
    where b.id = bom.id returning b.* into bom;
    perform private.enqueue_import(bom, 'bom.parsed');
    return bom;
end
$$;
comment on function public.commit_bom(uuid, boolean) is
'Ends the review of a BOM: its lines are matched as they are now.

Auth: permission boms:write. Errors: permission_denied (403), bom_not_found (404), bom_has_errors (409) unless
with_errors.
Effects: message bom.parsed. Idempotent: yes, a BOM that is not in review is returned as it is.';
grant execute on function public.commit_bom(uuid, boolean) to authenticated;

create or replace function private.count_bom_lines(organization_id uuid, bom_id uuid)
returns table (line_count integer, warning_count integer, error_count integer)
language sql stable security definer set search_path = '' as $$
    select count(*)::integer, coalesce(sum(jsonb_array_length(l.warnings)), 0)::integer,
        coalesce(sum(private.error_count(l.warnings)) filter (where l.warnings <> '[]'), 0)::integer
    from public.bom_line_items as l
    where l.organization_id = count_bom_lines.organization_id and l.bom_id = count_bom_lines.bom_id
$$;
comment on function private.count_bom_lines(uuid, uuid) is
'Lines of a BOM, warnings on them, and how many of those are errors';

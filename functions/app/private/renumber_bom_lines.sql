-- Negative first: positions are unique at every moment.
create or replace function private.renumber_bom_lines(organization_id uuid, bom_id uuid) returns void
language sql volatile security definer set search_path = '' as $$
    with numbered as (
        select l.id, l.position, l.parent_position, row_number() over (order by l.position) as new_position
        from public.bom_line_items as l
        where l.organization_id = renumber_bom_lines.organization_id and l.bom_id = renumber_bom_lines.bom_id
    )
    update public.bom_line_items as l set position = -n.new_position, parent_position = p.new_position
    from numbered as n left join numbered as p on p.position = n.parent_position
    where l.id = n.id and exists (select from numbered as m where m.position <> m.new_position);
    update public.bom_line_items as l set position = -l.position
    where l.organization_id = renumber_bom_lines.organization_id and l.bom_id = renumber_bom_lines.bom_id and l.position < 0;
    with recursive totals as (
        select l.id, l.position, l.quantity as total, coalesce(l.quantity, 1) as factor from public.bom_line_items as l
        where l.organization_id = renumber_bom_lines.organization_id and l.bom_id = renumber_bom_lines.bom_id
            and l.parent_position is null
        union all
        select l.id, l.position, l.quantity * t.factor, coalesce(l.quantity, 1) * t.factor
        from totals as t join public.bom_line_items as l on l.parent_position = t.position
        where l.organization_id = renumber_bom_lines.organization_id and l.bom_id = renumber_bom_lines.bom_id
    )
    update public.bom_line_items as l set total_quantity = t.total
    from totals as t where l.id = t.id and l.total_quantity is distinct from t.total
$$;
comment on function private.renumber_bom_lines(uuid, uuid) is
'Positions without gaps, and total quantities anew, after people changed and deleted lines';

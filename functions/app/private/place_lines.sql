-- Two statements, so that the second sees components that another import added meanwhile; functions in SQL, so that
-- each is planned for the tables as they are now: a plan kept from when they were small would take hours.
create or replace function private.place_lines(organization_id uuid, bom_id uuid, lines public.bom_line_items[])
returns table (
    "position" integer, catalogue_part_id uuid, component_id uuid, match_status text, match_method text,
    match_confidence numeric
)
language plpgsql volatile security definer set search_path = '' as $$
declare
    understood constant private.understood_line[] := array(
        select u from private.understand_lines(place_lines.organization_id, place_lines.lines) as u);
begin
    perform pg_advisory_xact_lock_shared(hashtextextended(place_lines.organization_id || '/components', 0));
    perform private.bring_components(place_lines.organization_id, place_lines.bom_id, understood);
    return query select * from private.join_components(place_lines.organization_id, understood);
end
$$;
comment on function private.place_lines(uuid, uuid, public.bom_line_items[]) is
'Matches lines of a BOM, brings the parts they name into components, and says what each is then.

Errors: quota_exceeded (402). Effects: components, counted. Idempotent: yes.';

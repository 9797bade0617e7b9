-- Two statements, so that the second sees components that another import added meanwhile; functions in SQL, so that
-- each is planned for the tables as they are now: a plan kept from when they were small would take hours.
create or replace function private.place_lines(organization_id uuid, bom_id uuid, line_ids uuid[]) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    parts uuid[];
    methods text[];
    confidences numeric[];
    ids uuid[];
    matched_count integer;
begin
    perform pg_advisory_xact_lock_shared(hashtextextended(place_lines.organization_id || '/components', 0));
    select array_agg(i.id), array_agg(m.catalogue_part_id), array_agg(m.method), array_agg(m.confidence)
    into ids, parts, methods, confidences
    from unnest(place_lines.line_ids) as i (id)
    left join private.match_lines(place_lines.organization_id, place_lines.line_ids) as m on m.id = i.id;
    perform private.bring_components(place_lines.organization_id, place_lines.bom_id, ids, parts, confidences);
    matched_count := private.join_lines(place_lines.organization_id, ids, parts, methods, confidences);
    perform private.match_alternates(place_lines.organization_id, ids);
    return matched_count;
end
$$;
comment on function private.place_lines(uuid, uuid, uuid[]) is
'Matches lines of a BOM, brings the parts they name into components, and joins each line with its own. Returns how
many match.

Errors: quota_exceeded (402). Effects: components, counted. Idempotent: yes.';

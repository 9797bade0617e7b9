-- As its caller: policies hold here. An index under row level security serves order by bytes, and like it does not.
create or replace function public.search_components(
    query text, after_mpn text default '', after_manufacturer text default '', page_size integer default 100
) returns setof public.components
language plpgsql stable set search_path = '' as $$
declare
    beginning constant text := private.normalize_mpn(query);
    organization constant uuid := private.current_organization_id();
    -- A page begins at the last part of the one before; ~ is after all that a normal form holds. Two rows compared as
    -- rows would be a condition of the index too, and where it comes first, the scan begins at the tenant's first part.
    first constant text := greatest(beginning, coalesce(after_mpn, '') collate "C");
    beyond constant text := beginning || '~';
begin
    if beginning is null or length(query) > 200 then
        raise exception using
            errcode = 'PT422', message = 'search_invalid', detail = '{"limit": 200}',
            hint = 'Send what the part number begins with: up to 200 characters, a letter A to Z or a digit in it.';
    end if;
    return query
    select c.* from public.components as c
    where c.organization_id = organization and c.normalized_mpn >= first and c.normalized_mpn < beyond
        and (c.normalized_mpn <> coalesce(after_mpn, '')
            or c.normalized_manufacturer > coalesce(after_manufacturer, ''))
    order by c.normalized_mpn, c.normalized_manufacturer
    limit least(greatest(coalesce(page_size, 100), 0), 1000);
end
$$;
comment on function public.search_components(text, text, text, integer) is
'Finds the organization''s components by what their part number begins with.

Upper and lower case, spaces, hyphens and other signs are one: lm-358 and "LM 358" find LM358N, SMBJ6.0 does not find
SMBJ60CA; % and _ are signs like others. Answers rows of components in order of normalized_mpn and
normalized_manufacturer, page_size at a time (100 unless it is said, at most 1,000); the next page comes after both of
the last row, given as after_mpn and after_manufacturer. Where a part is used: select=mpn,bom_line_items(boms(name)).

Auth: any member; rows by the caller''s policies. Errors: search_invalid (422). Effects: none. Idempotent: yes.';
grant execute on function public.search_components(text, text, text, integer) to authenticated;

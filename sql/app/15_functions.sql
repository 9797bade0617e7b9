-- What generated columns call; tables depend on these, so they change by revision only. PL/pgSQL, since a function in
-- SQL that sets its search_path is not inlined, and started anew for each row it takes twice the time.
create function private.normalize_mpn(mpn text) returns text
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return nullif(regexp_replace(upper(mpn), '[^A-Z0-9.]+|(?<![0-9])[.]|[.](?![0-9])', '', 'g'), '');
end
$$;
comment on function private.normalize_mpn(text) is
'A part number as compared: upper case, only A-Z, 0-9 and a point between digits (SMBJ6.0CA is not SMBJ60CA); null when
nothing is left';

create function private.normalize_manufacturer(name text) returns text
language plpgsql immutable parallel safe set search_path = '' as $$
begin
    return regexp_replace(lower(name), '[^[:alnum:]]+', '', 'g');
end
$$;
comment on function private.normalize_manufacturer(text) is
'A maker''s name as compared: lower case, only letters and digits of any script';

-- Generated columns are computed as whoever writes the row.
grant execute on function private.normalize_mpn(text) to authenticated;
grant execute on function private.normalize_manufacturer(text) to authenticated;

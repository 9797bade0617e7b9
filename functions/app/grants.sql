-- Generated columns are computed as whoever writes the row.
grant execute on function private.normalize_mpn(text) to authenticated;
grant execute on function private.normalize_manufacturer(text) to authenticated;

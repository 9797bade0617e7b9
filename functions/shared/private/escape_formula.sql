-- A program that takes another separator than ours, as many do by their country, splits a cell at it, and at line ends,
-- quotes or not: what follows one inside a cell is looked at like its beginning.
create or replace function private.escape_formula(cell text) returns text
language plpgsql immutable parallel safe set search_path = '' as $$
declare
    signs constant text := '[=+@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b-]';
    skipped constant text :=
        '\u0001-\u0020\u007f-\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff';
begin
    if cell !~ '[=+@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b-]|^[\t\r\n]' then
        return cell;
    end if;
    return case when cell ~ format('^[\t\r\n]|^[%s]*%s', skipped, signs) then '''' else '' end
        || regexp_replace(cell, format('([;\t\r\n][%s"]*)(%s)', skipped, signs), '\1''\2', 'g');
end
$$;
comment on function private.escape_formula(text) is
'A text as a cell that no spreadsheet takes for a formula: an apostrophe stands before a sign = + - @ (of any width)
that begins it, or that follows a semicolon, tab or line end in it, blanks and invisible characters not counted; and
before a tab or line end that begins it.

Idempotent: yes.';

-- Rows that functions hand to each other as arrays.
create type private.understood_line as (
    "position" integer,
    catalogue_part_id uuid,
    match_method text,
    match_confidence numeric,
    mpn text,
    manufacturer text,
    description text,
    package text,
    internal_number text,
    normalized_mpn text,
    normalized_manufacturer text
);
comment on type private.understood_line is
'A line of a BOM with what it matches, and the part it names, if it names one: as the catalogue writes it where the
match is sure, as the file does where not';

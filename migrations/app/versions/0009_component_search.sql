-- Part numbers as compared are in order of bytes in every database, so that a range of them is a beginning and the
-- index serves it. The table is written anew and its readers wait meanwhile: about two seconds for a million rows.
-- squawk-ignore-file changing-column-type
alter table public.components alter column normalized_mpn type text collate "C";
analyze public.components (normalized_mpn);

create or replace aggregate public.format_csv(anyelement) (  -- noqa: PRS
    sfunc = private.append_csv_row, stype = text[], initcond = '{}', finalfunc = private.finish_list_export
);
comment on aggregate public.format_csv(anyelement) is
'Rows as CSV, of which no spreadsheet takes a cell for a formula; PostgREST calls it for Accept: text/csv.

Auth: as the rows, and the feature bulk_export. Errors: feature_not_in_plan (402).';
grant execute on function public.format_csv(anyelement) to anon, authenticated;

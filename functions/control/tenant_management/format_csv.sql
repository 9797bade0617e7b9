create or replace aggregate tenant_management.format_csv(anyelement) (  -- noqa: PRS
    sfunc = private.append_csv_row, stype = text[], initcond = '{}', finalfunc = private.finish_csv
);
comment on aggregate tenant_management.format_csv(anyelement) is
'Rows as CSV, of which no spreadsheet takes a cell for a formula; PostgREST calls it for Accept: text/csv.

Auth: as the rows.';
grant execute on function tenant_management.format_csv(anyelement) to anon, authenticated, platform_admin;

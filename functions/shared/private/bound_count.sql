-- A plan's estimate is made of the statistics of all tenants' rows: frequent values and ranges of another tenant show
-- in it. So a count is exact, or there is none.
create or replace function private.bound_count() returns void
language plpgsql volatile set search_path = '' as $$
declare
    preferences constant text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'prefer';
begin
    if preferences is null or preferences !~* '\mcount\M' or current_setting('role', true) = 'platform_admin' then
        return;
    end if;
    if preferences ~* '\mcount\s*=\s*"?(planned|estimated)' then
        raise exception using
            errcode = 'PT400', message = 'count_not_estimated', detail = '{}', hint = 'Ask for count=exact.';
    end if;
    perform set_config('statement_timeout', '1s', true);
end
$$;
comment on function private.bound_count() is
'Refuses the counts that PostgREST would estimate, and ends a request that counts exactly after a second: it reads every
row that matches, for each page. Operators count as they like.

Errors: count_not_estimated (400); PostgreSQL''s 57014 where the count takes longer.';

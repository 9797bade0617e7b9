create or replace function private.usage_threshold(current_count bigint, usage_limit bigint, reached integer)
returns integer
language plpgsql immutable set search_path = '' as $$
declare
    percentage constant numeric := case
        when usage_limit > 0 then current_count * 100.0 / usage_limit when current_count > 0 then 100 else 0 end;
begin
    return case
        when usage_limit is null then 0
        when percentage >= 100 or (percentage >= 95 and reached >= 100) then 100
        when percentage >= 90 or (percentage >= 85 and reached >= 90) then 90
        when percentage >= 80 or (percentage >= 75 and reached >= 80) then 80
        else 0 end;
end
$$;
comment on function private.usage_threshold(bigint, bigint, integer) is
'The threshold a counter stands at: one that was reached stays so until the counter is more than 5 points below it, so
that going to and fro over it is one crossing. Any use of a limit of 0 is 100 per cent; without a limit there is none';

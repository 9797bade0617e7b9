-- A definer, since the one function that says it takes an organization; here that is the caller's own.
create or replace function public.current_usage()
returns table (metric text, current_count bigint, limit_value bigint, percentage bigint, excess_count bigint)
language plpgsql stable security definer set search_path = '' as $$
begin
    perform private.require_permission('organization:read');
    return query select u.* from private.usage_of(private.current_organization_id()) as u;
end
$$;
comment on function public.current_usage() is
'Use of each limited metric.

Answers current_count, limit_value and percentage (null is unlimited), and excess_count, what no longer fits the plan: it
stays readable and can be removed, and nothing is added until it fits.

Auth: permission organization:read. Errors: permission_denied (403). Effects: none. Idempotent: yes.';
grant execute on function public.current_usage() to authenticated;

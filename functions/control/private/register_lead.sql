create or replace function private.register_lead(
    first_name text, last_name text, company_name text, email text, source text, client_address text,
    hourly_limit integer
) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    retry_after integer := private.take_rate_limit('lead-address:' || client_address, hourly_limit, interval '1 hour');
    lead_id uuid;
begin
    if retry_after > 0 then
        return retry_after;
    end if;
    if private.take_rate_limit('lead-email:' || lower(register_lead.email), 5, interval '1 hour') > 0 then
        return 0;
    end if;
    insert into tenant_management.leads (first_name, last_name, company_name, email, source, correlation_id)
    values (
        register_lead.first_name, register_lead.last_name, register_lead.company_name, register_lead.email,
        coalesce(register_lead.source, 'website'), private.current_correlation_id()
    )
    returning id into lead_id;
    perform private.enqueue('notifications', 'lead.created', lead_id::text, '{}');
    return 0;
end
$$;
comment on function private.register_lead(text, text, text, text, text, text, integer) is
'A new lead, and its verification mail by worker. Returns 0, or the seconds to wait if the client address sent more
than hourly_limit.

The answer is the same whether or not the mail address is known; more than 5 an hour to one address are dropped silently.
Effects: message lead.created.';
grant execute on function private.register_lead(text, text, text, text, text, text, integer) to ananta_edge;

create or replace function private.append_usage(
    organization_id uuid, metric text, quantity bigint, source_id uuid, occurred_at timestamptz
) returns boolean
language plpgsql volatile security definer set search_path = '' as $$
begin
    if append_usage.occurred_at < now() - private.usage_event_window() then
        return false;
    end if;
    insert into private.usage_events (organization_id, metric, quantity, source_id, occurred_at)
    values (
        append_usage.organization_id, append_usage.metric, append_usage.quantity, append_usage.source_id,
        append_usage.occurred_at
    )
    on conflict do nothing;
    if not found then
        return false;
    end if;
    insert into public.usage_totals as t (organization_id, metric, period_start, quantity)
    values (
        append_usage.organization_id, append_usage.metric, private.month_of(append_usage.occurred_at),
        append_usage.quantity
    )
    on conflict on constraint usage_totals_pkey do update
    set quantity = t.quantity + excluded.quantity, updated_at = now();
    return true;
end
$$;
comment on function private.append_usage(uuid, text, bigint, uuid, timestamptz) is
'Records what was used, and adds it to its month. False when this source was recorded before, or it was used so long ago
that nobody knows any more (private.usage_event_window).

Idempotent: yes, by source_id.';

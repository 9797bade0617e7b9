-- Called with the counter's row locked: the event, the alert and the change that caused them are one transaction.
create or replace function private.follow_threshold(counter private.usage_counters) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
    level constant integer := private.usage_threshold(counter.current_count, counter.limit_value, counter.threshold);
    facts constant jsonb := jsonb_build_object(
        'metric', counter.metric, 'current', counter.current_count, 'limit', counter.limit_value, 'occurred_at', clock_timestamp());
    crossed integer;
begin
    if level = counter.threshold then
        return;
    end if;
    update private.usage_counters as c set threshold = level
    where c.organization_id = counter.organization_id and c.metric = counter.metric and c.number = 0;
    perform private.raise_usage_alert(counter, private.usage_alert_level(counter.organization_id, level));
    foreach crossed in array array[80, 90, 100] loop
        if crossed > counter.threshold and crossed <= level then
            perform private.enqueue('webhooks', 'usage.threshold_reached', counter.organization_id::text,
                facts || jsonb_build_object('organization_id', counter.organization_id, 'percentage', crossed));
        end if;
    end loop;
    if level < counter.threshold then
        perform private.enqueue('webhooks', 'usage.threshold_left', counter.organization_id::text,
            facts || jsonb_build_object('organization_id', counter.organization_id, 'percentage', level));
    end if;
end
$$;
comment on function private.follow_threshold(private.usage_counters) is
'What follows when a counter, as it stands now and locked, has crossed thresholds of its limit, or left them.

Effects: message usage.threshold_reached for each threshold crossed upwards, or one usage.threshold_left; the alert
usage-threshold of the metric, from the percentage the organization wants it. Idempotent: yes.';

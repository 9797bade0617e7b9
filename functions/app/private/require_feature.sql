create or replace function private.require_feature(feature text) returns void
language plpgsql stable set search_path = '' as $$
begin
    if not private.has_feature(feature) then
        raise exception using
            errcode = 'PT402', message = 'feature_not_in_plan', detail = jsonb_build_object('feature', feature)::text,
            hint = 'Ask an owner of your organization for a plan that includes it.';
    end if;
end
$$;
comment on function private.require_feature(text) is
'Refuses the caller whose organization lacks a feature.

Errors: feature_not_in_plan (402), details {feature}.';
grant execute on function private.require_feature(text) to authenticated, ananta_edge;

create or replace function private.has_feature(feature text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
    return coalesce((
        select f.is_enabled from public.organization_features as f
        where f.organization_id = private.current_organization_id() and f.feature = has_feature.feature
    ), false);
end
$$;
comment on function private.has_feature(text) is 'Whether the caller''s organization has the feature';
grant execute on function private.has_feature(text) to authenticated, ananta_edge;

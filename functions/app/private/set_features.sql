create or replace function private.set_features(organization public.organizations, features jsonb) returns void
language sql volatile security definer set search_path = '' as $$
    with wanted as (
        select jsonb_array_elements_text(set_features.features) as feature
        union
        select f.feature from private.plan_features as f
        where set_features.features is null and f.plan_id = organization.plan_id
    ), known as (
        select f.feature from private.plan_features as f
        union
        select f.feature from public.organization_features as f where f.organization_id = organization.id
        union
        select w.feature from wanted as w
    )
    insert into public.organization_features as o (organization_id, feature, is_enabled)
    select organization.id, k.feature, k.feature in (select w.feature from wanted as w) from known as k
    on conflict on constraint organization_features_pkey do update
    set is_enabled = excluded.is_enabled, updated_at = now() where o.is_enabled <> excluded.is_enabled
$$;
comment on function private.set_features(public.organizations, jsonb) is
'The feature flags of an organization: on are those of the array of keys, or of its plan where that is null; all other
known ones are off. Idempotent: yes.';

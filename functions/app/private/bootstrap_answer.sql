create or replace function private.bootstrap_answer(organization public.organizations) returns jsonb
language sql immutable set search_path = '' as $$
    select jsonb_build_object('status', 'provisioned', 'organizationId', organization.id, 'slug', organization.slug)
$$;
comment on function private.bootstrap_answer(public.organizations) is 'What a bootstrap answers, first time and again';

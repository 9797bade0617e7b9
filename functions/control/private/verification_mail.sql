create or replace function private.verification_mail(lead_id uuid) returns jsonb
language sql volatile security definer set search_path = '' as $$
    select jsonb_build_object(
        'email', l.email, 'first_name', l.first_name, 'company_name', l.company_name,
        'token', private.issue_lead_token(l.id, 'verification', interval '24 hours')
    )
    from tenant_management.leads as l where l.id = verification_mail.lead_id and l.status = 'new'
$$;
comment on function private.verification_mail(uuid) is
'What the verification mail of a new lead says, with a fresh token valid for 24 hours; null when none is needed';
grant execute on function private.verification_mail(uuid) to ananta_worker;

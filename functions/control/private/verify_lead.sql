create or replace function private.verify_lead(token text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
    verified_lead_id uuid;
    lead tenant_management.leads;
begin
    update private.lead_tokens as t set used_at = now()
    where t.token_hash = private.hash_token(verify_lead.token) and t.kind = 'verification'
        and t.used_at is null and t.expires_at > now()
    returning t.lead_id into verified_lead_id;
    if not found then
        raise exception using
            errcode = 'PT410', message = 'verification_expired', detail = '{}',
            hint = 'The link was used or is too old. Sign up again to get a new one.';
    end if;
    update tenant_management.leads as l set
        status = case l.status when 'new' then 'verified' else l.status end,
        verified_at = coalesce(l.verified_at, now()), updated_at = now()
    where l.id = verified_lead_id returning * into lead;
    return jsonb_build_object(
        'leadId', lead.id, 'email', lead.email, 'companyName', lead.company_name, 'expiresIn', 3600,
        'leadToken', private.issue_lead_token(lead.id, 'lead', interval '1 hour')
    );
end
$$;
comment on function private.verify_lead(text) is
'Uses a mailed token up: the lead is verified, and gets a lead token valid for one hour.

Errors: verification_expired (410) for a token that is unknown, used or too old.';
grant execute on function private.verify_lead(text) to ananta_edge;

create or replace trigger _200_refuse_audit_change before update or delete on public.audit_logs
for each row execute function private.refuse_audit_change();
create or replace trigger _200_refuse_audit_truncate before truncate on public.audit_logs
for each statement execute function private.refuse_audit_change();

-- Every table whose changes people answer for. The others, with the reason, are in
-- tests/functions/shared/test_audit_coverage.py.
select private.audit_table('public.organizations', 'id', '{updated_at, settings_revision}');
select private.audit_table('public.users', 'organization_id', '{updated_at}');
select private.audit_table('public.projects', 'organization_id', '{updated_at}');
select private.audit_table('public.project_members', 'organization_id');
select private.audit_table('public.bom_line_comments', 'organization_id');
select private.audit_table('public.mentions', 'organization_id');
select private.audit_table('public.components', 'organization_id', '{updated_at}', is_bulk => true);
-- An import is one entry, that of the upload; a failure is another. What people do later is told as it happens.
select private.audit_table(
    'public.boms', 'organization_id',
    '{updated_at, line_count, processed_line_count, matched_line_count, warning_count, error_count, parse_result,
    suggested_at}',
    '{status}'
);
select private.audit_table('public.bom_line_items', 'organization_id', '{warnings}', is_bulk => true);
select private.audit_table('public.part_picks', 'organization_id', '{updated_at}');
select private.audit_table('public.column_mappings', 'organization_id', '{updated_at}');
select private.audit_table('public.alerts', 'organization_id', '{updated_at}', is_bulk => true);
select private.audit_table('public.enrichment_queue', 'organization_id', '{updated_at}', is_bulk => true);
select private.audit_table('public.notification_preferences', 'organization_id', '{updated_at}');
select private.audit_table('public.organization_features', 'organization_id', '{updated_at}');
select private.audit_table('private.organization_issuers', 'organization_id');
select private.audit_table('private.user_identities', 'organization_id');
select private.audit_table('private.issuers', '', '{jwks, keys_fetched_at}');
select private.audit_table('private.role_permissions', '');
select private.audit_table('private.plan_features', '');
select private.maintain_audit_log();

-- Entries from before there was a chain become its beginning.
do $$
begin
    if to_regclass('private.audit_logs_unchained') is not null then
        insert into private.audit_pending (
            owner_id, actor_kind, actor_id, actor_login, table_name, row_ids, befores, afters, correlation_id, created_at
        )
        select l.organization_id, case when l.actor_id is null then 'system' else 'user' end, l.actor_id, 'unknown',
            l.table_name, array[l.row_id::text], array[l.before], array[l.after], l.correlation_id, l.created_at
        from private.audit_logs_unchained as l order by l.created_at, l.id;
        drop table private.audit_logs_unchained;
    end if;
end
$$;

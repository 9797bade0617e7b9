-- One queue a kind of work; insert-notify wakes the workers.
select pgmq.create('bom_imports');
select pgmq.enable_notify_insert('bom_imports', 100);
select pgmq.create('bom_suggestions');
select pgmq.enable_notify_insert('bom_suggestions', 100);
select pgmq.create('identities');
select pgmq.enable_notify_insert('identities', 100);
select pgmq.create('webhooks');
select pgmq.enable_notify_insert('webhooks', 100);
select pgmq.create('notifications');
select pgmq.enable_notify_insert('notifications', 100);
-- Whose turn it is, and what of it is due: found without walking over what is hidden.
create index q_bom_imports_owner_idx on pgmq.q_bom_imports (private.message_owner(message), vt);
create index q_bom_suggestions_owner_idx on pgmq.q_bom_suggestions (private.message_owner(message), vt);
create index q_identities_owner_idx on pgmq.q_identities (private.message_owner(message), vt);
create index q_webhooks_owner_idx on pgmq.q_webhooks (private.message_owner(message), vt);
create index q_notifications_owner_idx on pgmq.q_notifications (private.message_owner(message), vt);

-- One queue a kind of work; insert-notify wakes the workers.
select pgmq.create('workflows');
select pgmq.enable_notify_insert('workflows', 100);
select pgmq.create('notifications');
select pgmq.enable_notify_insert('notifications', 100);
select pgmq.create('webhooks');
select pgmq.enable_notify_insert('webhooks', 100);
-- Whose turn it is, and what of it is due: found without walking over what is hidden.
create index q_workflows_owner_idx on pgmq.q_workflows (private.message_owner(message), vt);
create index q_notifications_owner_idx on pgmq.q_notifications (private.message_owner(message), vt);
create index q_webhooks_owner_idx on pgmq.q_webhooks (private.message_owner(message), vt);

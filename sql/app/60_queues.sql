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

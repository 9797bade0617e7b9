-- One queue a kind of work; insert-notify wakes the workers.
select pgmq.create('workflows');
select pgmq.enable_notify_insert('workflows', 100);
select pgmq.create('notifications');
select pgmq.enable_notify_insert('notifications', 100);
select pgmq.create('webhooks');
select pgmq.enable_notify_insert('webhooks', 100);

-- A definer, since queues and dead letters are nobody's to read.
create or replace function private.plane_metrics() returns jsonb
language sql volatile security definer set search_path = '' as $$
    select jsonb_build_object(
        'queues', (
            select coalesce(jsonb_object_agg(q.queue_name, jsonb_build_object(
                'length', q.queue_length, 'oldest_age_seconds', coalesce(q.oldest_msg_age_sec, 0),
                'dead_letters', coalesce(d.count, 0))), '{}')
            from pgmq.metrics_all() as q
            left join (select l.queue, count(*) as count from private.dead_letters as l group by l.queue) as d
                on d.queue = q.queue_name),
        'connections', (
            select coalesce(jsonb_object_agg(a.role, a.count), '{}') from (
                select coalesce(s.usename, '-') as role, count(*) as count from pg_catalog.pg_stat_activity as s
                where s.datname = current_database() group by 1) as a),
        'max_connections', current_setting('max_connections')::integer,
        'size_bytes', pg_catalog.pg_database_size(current_database()),
        'oldest_xmin_age', coalesce((
            select max(pg_catalog.age(h.xmin)) from (
                select s.backend_xmin as xmin from pg_catalog.pg_stat_activity as s
                where s.pid <> pg_catalog.pg_backend_pid()
                union all select r.xmin from pg_catalog.pg_replication_slots as r
                union all select r.catalog_xmin from pg_catalog.pg_replication_slots as r
                union all select p.transaction from pg_catalog.pg_prepared_xacts as p) as h
            where h.xmin is not null), 0),
        'commits', b.xact_commit, 'rollbacks', b.xact_rollback, 'deadlocks', b.deadlocks)
    from pg_catalog.pg_stat_database as b where b.datname = current_database()
$$;
comment on function private.plane_metrics() is
'Numbers of this plane for Prometheus: {queues {name: {length, oldest_age_seconds, dead_letters}}, connections {role:
count}, max_connections, size_bytes, oldest_xmin_age (transactions that vacuum must still heed), commits, rollbacks,
deadlocks}. Nothing of a tenant.

Auth: edges. Errors: none. Effects: none. Idempotent: yes.';
grant execute on function private.plane_metrics() to ananta_edge;

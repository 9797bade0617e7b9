create or replace function private.replay_dead_letters(
    queues text[], older_than interval, newer_than interval, ids uuid[]
)
returns table (id uuid, queue text)
language sql volatile security definer set search_path = '' as $$
    with gone as (
        delete from private.dead_letters as d
        using private.list_dead_letters(queues, older_than, newer_than, ids) as chosen
        where d.id = chosen.id
        returning d.id, d.queue, d.message
    )
    select g.id, g.queue from gone as g cross join lateral pgmq.send(g.queue, g.message) as sent
$$;
comment on function private.replay_dead_letters(text[], interval, interval, uuid[]) is
'Sends dead letters again, as they were: with their event_id, so that what had its effect before has no second one. In
one statement: each is either a dead letter or in its queue. Which ones: as in list_dead_letters.

Auth: the database''s owner (bin/ananta dead-letters). Idempotent: yes.';

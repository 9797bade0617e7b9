create or replace function private.drop_dead_letters(
    queues text[], older_than interval, newer_than interval, ids uuid[]
)
returns table (id uuid, queue text)
language sql volatile security definer set search_path = '' as $$
    delete from private.dead_letters as d
    using private.list_dead_letters(queues, older_than, newer_than, ids) as chosen
    where d.id = chosen.id
    returning d.id, d.queue
$$;
comment on function private.drop_dead_letters(text[], interval, interval, uuid[]) is
'Removes dead letters that nobody wants again. Which ones: as in list_dead_letters. The message stays in its queue''s
archive.

Auth: the database''s owner (bin/ananta dead-letters). Idempotent: yes.';

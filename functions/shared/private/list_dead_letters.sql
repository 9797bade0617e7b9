create or replace function private.list_dead_letters(
    queues text[], older_than interval, newer_than interval, ids uuid[]
)
returns setof private.dead_letters
language sql stable security definer set search_path = '' as $$
    select d.* from private.dead_letters as d
    where (queues is null or d.queue = any(queues)) and (ids is null or d.id = any(ids))
        and (older_than is null or d.created_at < now() - older_than)
        and (newer_than is null or d.created_at >= now() - newer_than)
    order by d.created_at, d.id
$$;
comment on function private.list_dead_letters(text[], interval, interval, uuid[]) is
'Messages that were given up: of these queues, that long ago at least, at most, these ids; null asks for all.

Auth: the database''s owner (bin/ananta dead-letters).';

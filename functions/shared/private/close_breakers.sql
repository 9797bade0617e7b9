create or replace function private.close_breakers(queue text, systems text[]) returns void
language sql volatile security definer set search_path = '' as $$
    delete from private.breakers as b
    where b.queue = close_breakers.queue and (systems is null or b.system = any(systems))
$$;
comment on function private.close_breakers(text, text[]) is
'A queue''s messages wait no more for these outside systems, or for none (null: a worker begins, and will see).

Idempotent: yes.';
grant execute on function private.close_breakers(text, text[]) to ananta_worker;

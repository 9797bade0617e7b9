create or replace function private.shorten_audit(image jsonb) returns jsonb
language sql immutable parallel safe set search_path = '' as $$
    select jsonb_object_agg(m.name, case when octet_length(t.text) <= 16384 then m.content else jsonb_build_object(
        'sha256', encode(sha256(convert_to(t.text, 'UTF8')), 'hex'), 'length', length(t.text)) end)
    from jsonb_each(image) as m (name, content), lateral (select m.content #>> '{}' as text) as t
$$;
comment on function private.shorten_audit(jsonb) is
'The image of a row in which values of more than 16 KiB are {sha256, length}: of a text its UTF-8 bytes and characters,
of anything else those of its JSON as PostgreSQL writes it. 4,000 characters, a person''s longest text, are never more';

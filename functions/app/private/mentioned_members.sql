create or replace function private.mentioned_members(comment public.bom_line_comments) returns setof uuid
language sql stable security definer set search_path = '' as $$
    with said as (
        select distinct lower(rtrim(m.found[1], '.')) as word
        from regexp_matches(
            comment.body, '(?:^|[^[:alnum:]@._%+-])@([[:alnum:]._%+-]+(?:@[[:alnum:]-]+(?:\.[[:alnum:]-]+)*)?)', 'g') as m (found)
    ), known as (
        select s.word, array_agg(u.id) as ids from said as s
        join public.users as u on u.organization_id = comment.organization_id and u.status = 'active'
            and s.word in (lower(u.email::text), split_part(lower(u.email::text), '@', 1))
        group by s.word
    )
    select distinct k.ids[1] from known as k
    where cardinality(k.ids) = 1 and k.ids[1] is distinct from comment.author_id
        and private.is_line_visible_to(k.ids[1], comment.bom_line_item_id)
$$;
comment on function private.mentioned_members(public.bom_line_comments) is
'Active members of the organization that a comment names and who may see it, without its author.

@ada@acme.example is a member''s address; @ada is what stands before the @ of an address, if one member only has that.';

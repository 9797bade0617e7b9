create or replace function private.mention_mail(mention_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
    select jsonb_build_object(
        'email', u.email, 'first_name', coalesce(u.first_name, ''), 'slug', o.slug, 'bom_name', b.name,
        'position', l.position, 'mpn', l.mpn, 'body', c.body,
        'author', coalesce(nullif(concat_ws(' ', a.first_name, a.last_name), ''), a.email::text, 'Somebody')
    )
    from public.mentions as m
    join public.organizations as o on o.id = m.organization_id and o.status = 'active'
    join public.users as u on u.organization_id = m.organization_id and u.id = m.user_id and u.joined_at is not null
    join public.bom_line_comments as c on c.organization_id = m.organization_id and c.id = m.bom_line_comment_id
    join public.bom_line_items as l on l.organization_id = c.organization_id and l.id = c.bom_line_item_id
    join public.boms as b on b.organization_id = l.organization_id and b.id = l.bom_id
    left join public.users as a on a.organization_id = c.organization_id and a.id = c.author_id
    where m.id = mention_mail.mention_id and m.read_at is null and private.is_line_visible_to(u.id, l.id)
$$;
comment on function private.mention_mail(uuid) is
'What the mail about a mention says; null when it is read or gone, or its member may not see it now or never signed in:
who was only invited is a stranger, to whom others'' words are not sent';
grant execute on function private.mention_mail(uuid) to ananta_worker;

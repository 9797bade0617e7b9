-- The threshold decides what the index may leave out: 0.45 costs about 9 ms a number in a catalogue of 200,000 parts.
create or replace function private.suggest_bom_chunk(
    bom_id uuid, run integer, after_position integer, chunk_size integer
) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
    bom public.boms;
    last_position integer;
begin
    select b.* into bom from public.boms as b
    where b.id = suggest_bom_chunk.bom_id and b.import_run = run and b.status = 'ready' and b.suggested_at is null;
    if not found then
        return null;
    end if;
    perform set_config('pg_trgm.similarity_threshold', '0.45', true);
    with lines as materialized (
        select l.id, l.position, private.search_term(l.mpn, l.supplier_sku, l.value) as term
        from public.bom_line_items as l
        where l.organization_id = bom.organization_id and l.bom_id = bom.id and l.position > after_position
            and l.match_status in ('unmatched', 'suggested') and l.match_method is distinct from 'pick'
        order by l.position limit chunk_size
    ), found as materialized (
        select t.term, c.id, c.similarity, row_number() over (partition by t.term order by c.similarity desc, c.id) as rank
        from (select distinct term from lines where term is not null) as t
        cross join lateral (
            select p.id, extensions.similarity(p.normalized_mpn, t.term) as similarity from public.catalogue_parts as p
            where p.normalized_mpn operator(extensions.%) t.term order by similarity desc, p.id limit 5
        ) as c
    ), suggested as (
        insert into public.bom_line_suggestions (
            organization_id, bom_id, bom_line_item_id, catalogue_part_id, rank, similarity
        )
        select bom.organization_id, bom.id, l.id, f.id, f.rank, round(f.similarity::numeric, 2)
        from lines as l join found as f on f.term = l.term
        on conflict do nothing
    )
    select max(l.position) into last_position from lines as l;
    if last_position is null then
        update public.boms as b set suggested_at = now(), updated_at = now() where b.id = bom.id and b.import_run = run;
    else
        perform private.enqueue('bom_suggestions', 'bom.completed', bom.id::text,
            jsonb_build_object('organization_id', bom.organization_id, 'run', run, 'after', last_position));
    end if;
    return last_position;
end
$$;
comment on function private.suggest_bom_chunk(uuid, integer, integer, integer) is
'Up to five catalogue parts with a similar number for each of the next chunk_size unmatched lines after a position.
Returns the last position it looked at, null at the end.

Effects: bom_line_suggestions; message bom.completed for the next chunk; at the end boms.suggested_at. Idempotent:
yes.';
grant execute on function private.suggest_bom_chunk(uuid, integer, integer, integer) to ananta_worker;

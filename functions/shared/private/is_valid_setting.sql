create or replace function private.is_valid_setting(schema jsonb, value jsonb) returns boolean
language plpgsql stable set search_path = '' as $$
declare
    kind constant text := schema ->> 'type';
    written constant text := value #>> '{}';
begin
    if jsonb_typeof(value) is distinct from replace(kind, 'integer', 'number') then
        return false;
    end if;
    return case kind
        when 'integer' then schema -> 'enum' @> value
        when 'array' then (
            select count(*) = count(distinct e.item)
                and coalesce(bool_and(private.is_valid_setting(schema -> 'items', e.item)), true)
            from jsonb_array_elements(value) as e (item))
        when 'string' then case coalesce(schema ->> 'format', 'enum')
            when 'enum' then schema -> 'enum' ? written
            when 'currency' then written = any (private.currency_codes())
            when 'locale' then length(written) <= 64 and written ~* concat(
                '^[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*',
                '(-[0-9a-wyz](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?$')
            when 'time-zone' then written !~ '^(posix|right)/' and written not in ('Factory', 'localtime', 'posixrules')
                and exists (select from pg_catalog.pg_timezone_names as z where z.name = written)
            else false end
        else false end;
end
$$;
comment on function private.is_valid_setting(jsonb, jsonb) is
'Whether a value is as a schema says: type integer with enum; array with items, none twice; string with enum or one of
the formats currency (ISO 4217), locale (a tag of BCP 47, well formed) and time-zone (a name of the IANA database as the
server has it). Anything else is false';

-- documented_errors is filled by the runner from docs/ERRORS.md.
create temporary view lint_error_undocumented as
select
    f.object,
    format('%s is not in docs/ERRORS.md', raised.slugs[1]) as detail
from our_functions as f
cross join lateral regexp_matches(f.source, '''PT\d{3}''\s*,\s*message\s*=\s*''([^'']*)''', 'g') as raised (slugs)
where
    not exists (
        select from documented_errors as e
        where e.slug = raised.slugs[1]
    )
union all
select
    f.object,
    format('raises %s, and its contract does not say so', raised.slugs[1])
from our_functions as f
cross join lateral regexp_matches(f.source, '''PT\d{3}''\s*,\s*message\s*=\s*''([^'']*)''', 'g') as raised (slugs)
where coalesce(obj_description(f.oid, 'pg_proc'), '') !~ format('\m%s\M', raised.slugs[1]);

"""Seeds in a new database: what they leave for its first user."""

import psycopg


def test_the_catalogue_has_statistics_from_the_start(app_db: psycopg.Connection[dict[str, object]]) -> None:
    """Autovacuum comes a minute later: until then the first BOM's suggestions would read the catalogue whole."""
    row = app_db.execute(
        "select last_analyze is not null as was_analysed, last_vacuum is not null as was_vacuumed"
        " from pg_stat_user_tables where relid = 'public.catalogue_parts'::regclass"
    ).fetchone()
    assert row == {"was_analysed": True, "was_vacuumed": True}

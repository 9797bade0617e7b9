"""Settings as the app plane holds them: told by the control plane, read by members, used for alerts."""

import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.acting import Db, Organization
from tests.support.imports import Imports


@pytest.fixture
def organization(app_db: Db) -> Organization:
    return Organization.of(app_db)


def told(organization: Organization, revision: int, event_id: str | None = None, **settings: Any) -> bool:
    tenant = organization.db.execute(
        "select arc_saas_tenant_id::text as id from public.organizations where id = %s", (organization.id,)
    ).fetchone()
    assert tenant is not None
    event = {"event": "tenant.settings_changed", "tenantId": tenant["id"], "settings": settings, "revision": revision}
    row = organization.db.execute(
        "select private.apply_tenant_settings(%s, %s) as is_new", (event_id or str(uuid.uuid4()), Jsonb(event))
    ).fetchone()
    assert row is not None
    return bool(row["is_new"])


def effective(organization: Organization, name: str = "vera") -> dict[str, Any]:
    return {row["key"]: row["value"] for row in organization[name].rows("select * from public.effective_settings()")}


def test_members_read_what_the_control_plane_told(organization: Organization) -> None:
    assert effective(organization)["time_zone"] == "UTC"
    assert told(organization, 1, time_zone="Asia/Tokyo")
    assert effective(organization) | {"time_zone": "Asia/Tokyo"} == effective(organization)
    query = "select key from public.effective_settings() where not is_default"
    assert organization["mia"].column(query) == ["time_zone"]
    assert effective(Organization.of(organization.db))["time_zone"] == "UTC"
    assert told(organization, 2)
    assert effective(organization)["time_zone"] == "UTC"


def test_an_older_event_and_a_repeated_one_change_nothing(organization: Organization) -> None:
    event = str(uuid.uuid4())
    assert told(organization, 5, event, currency="EUR")
    assert told(organization, 4, currency="GBP")
    assert not told(organization, 6, event, currency="SEK")
    assert effective(organization)["currency"] == "EUR"


def test_an_event_of_an_unknown_tenant_is_refused(app_db: Db) -> None:
    event = {"tenantId": str(uuid.uuid4()), "settings": {}, "revision": 1}
    with pytest.raises(psycopg.Error) as caught:
        app_db.execute("select private.apply_tenant_settings(%s, %s)", (uuid.uuid4(), Jsonb(event)))
    assert (caught.value.sqlstate, caught.value.diag.message_primary) == ("PT404", "organization_not_found")


def test_members_do_not_write_them(organization: Organization) -> None:
    update = "update public.organizations set settings = '{}'"
    assert organization["owner"].refused(update)[0] == "42501"


@pytest.mark.parametrize(
    ("threshold", "alerts"),
    [(None, {"nrnd", "eol", "obsolete"}), ("eol", {"eol", "obsolete"}), ("obsolete", {"obsolete"})],
)
def test_alerts_begin_at_the_lifecycle_that_is_set(app_db: Db, threshold: str | None, alerts: set[str]) -> None:
    for lifecycle in ("active", "unknown", "nrnd", "eol", "obsolete"):
        app_db.execute(
            "insert into public.catalogue_parts (mpn, lifecycle, source) values (%s, %s, 't')",
            (f"ZQL{lifecycle}", lifecycle),
        )
    imports = Imports.of(app_db)
    if threshold:
        told(Organization(app_db, imports.made.organization_id), 1, lifecycle_alert_from=threshold)
    imports.imported([{"mpn": f"ZQL{word}"} for word in ("active", "unknown", "nrnd", "eol", "obsolete")])
    rows = imports.all(
        "select details ->> 'lifecycle' as lifecycle from public.alerts where organization_id = %s",
        (imports.made.organization_id,),
    )
    assert {row["lifecycle"] for row in rows} == alerts


@pytest.mark.parametrize(
    ("wanted", "levels"),
    [
        (None, [0, 80, 90, 100]),
        ([100], [0, 0, 0, 100]),
        ([100, 80], [0, 80, 80, 100]),
        ([], [0, 0, 0, 0]),
    ],
)
def test_use_is_told_at_the_percentages_that_are_set(
    organization: Organization, wanted: list[int] | None, levels: list[int]
) -> None:
    if wanted is not None:
        told(organization, 1, usage_alert_percentages=wanted)
    query = "select private.usage_alert_level(%s, reached) as level from unnest(array[0, 80, 90, 100]) as r (reached)"
    rows = organization.db.execute(query.encode(), (organization.id,)).fetchall()
    assert [row["level"] for row in rows] == levels

"""Settings of a tenant: defined, checked, with defaults, told to the app plane; its addresses and contacts."""

import json
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.support.acting import Caller, Db, TenantRow

SET = (
    "insert into tenant_management.settings (key, value) values (%s, %s)"
    " on conflict on constraint settings_tenant_id_key_key do update set value = excluded.value"
)
DEFAULTS = {
    "currency": "USD",
    "lifecycle_alert_from": "nrnd",
    "locale": "en",
    "time_zone": "UTC",
    "usage_alert_percentages": [80, 90, 100],
}
ACCEPTED = {
    "currency": ["EUR", "JPY", "XOF"],
    "lifecycle_alert_from": ["obsolete"],
    "locale": ["de", "de-AT", "zh-Hant-TW", "es-419", "sl-rozaj", "de-CH-1996", "en-US-u-hc-h12", "en-x-house"],
    "time_zone": ["Europe/Berlin", "America/Argentina/Ushuaia", "Asia/Kathmandu", "UTC"],
    "usage_alert_percentages": [[], [90], [100, 80], [80, 90, 100]],
}
REFUSED: dict[str, list[Any]] = {
    "currency": ["eur", "EURO", "XXX", "ZZZ", "", 978, None, ["EUR"]],
    "lifecycle_alert_from": ["active", "", None, 1],
    "locale": ["de_DE", "german", "d", "de-", "de-A", "-de", "de-DE ", "en-u", "en-x", "en" + "-abcde" * 20, 1, None],
    "time_zone": ["Mars/Olympus", "europe/berlin", "CET-1", "+02:00", "posix/UTC", "", "Europe/Berlin ", 2, None],
    "usage_alert_percentages": [80, "80", [0], [50], [101], [80.5], ["80"], [80, 80], [[80]], None, {}],
}


@pytest.fixture
def tenant(control_db: Db) -> TenantRow:
    return TenantRow.of(control_db)


def effective(caller: Caller) -> dict[str, Any]:
    return {row["key"]: row["value"] for row in caller.rows("select * from tenant_management.effective_settings()")}


def set_to(caller: Caller, key: str, value: Any) -> None:
    caller.rows(SET, key, json.dumps(value))


def events(tenant: TenantRow) -> int:
    row = tenant.db.execute(
        "select count(*) as n from pgmq.q_webhooks where message ->> 'id' = %s"
        " and message ->> 'type' = 'tenant.settings_changed'",
        (tenant.id,),
    ).fetchone()
    assert row is not None
    return int(row["n"])


def test_both_planes_define_the_same_and_every_default_is_valid(app_db: Db, control_db: Db) -> None:
    query = "select d.*, private.is_valid_setting(d.schema, d.default_value) as is_valid"
    query += " from private.setting_definitions as d order by d.key"
    defined = control_db.execute(query.encode()).fetchall()
    assert app_db.execute(query.encode()).fetchall() == defined
    assert {row["key"]: row["default_value"] for row in defined} == DEFAULTS
    assert all(row["is_valid"] and row["description"] for row in defined)


def test_what_is_not_set_has_its_default(tenant: TenantRow) -> None:
    assert effective(tenant["viewer"]) == DEFAULTS
    set_to(tenant["admin"], "currency", "EUR")
    assert effective(tenant["viewer"]) == DEFAULTS | {"currency": "EUR"}
    query = "select key from tenant_management.effective_settings() where not is_default"
    assert tenant["owner"].column(query) == ["currency"]
    tenant["owner"].rows("delete from tenant_management.settings where key = 'currency'")
    assert effective(tenant["viewer"]) == DEFAULTS


@pytest.mark.parametrize("key", ACCEPTED)
def test_value_that_fits_is_taken(tenant: TenantRow, key: str) -> None:
    for value in ACCEPTED[key]:
        set_to(tenant["admin"], key, value)
        assert effective(tenant["viewer"])[key] == value


@pytest.mark.parametrize("key", REFUSED)
def test_value_that_does_not_fit_is_refused_and_says_what_would(tenant: TenantRow, key: str) -> None:
    for value in REFUSED[key]:
        with pytest.raises(psycopg.Error) as caught:
            set_to(tenant["admin"], key, value)
        assert (caught.value.sqlstate, caught.value.diag.message_primary) == ("PT422", "setting_invalid"), value
        details = json.loads(caught.value.diag.message_detail or "")
        assert (details["key"], "type" in details["allowed"]) == (key, True)
    assert effective(tenant["viewer"]) == DEFAULTS


def test_unknown_key_is_refused_and_the_known_ones_are_named(tenant: TenantRow) -> None:
    for caller in (tenant["owner"], tenant["operator"]):
        with pytest.raises(psycopg.Error) as caught:
            caller.rows(
                "insert into tenant_management.settings (tenant_id, key, value) values (%s, 'colour', '\"red\"')",
                tenant.id,
            )
        assert (caught.value.sqlstate, caught.value.diag.message_primary) == ("PT422", "setting_unknown")
        assert json.loads(caught.value.diag.message_detail or "") == {"key": "colour", "allowed": sorted(DEFAULTS)}


def test_a_setting_is_not_renamed_into_a_wrong_one(tenant: TenantRow) -> None:
    set_to(tenant["admin"], "currency", "EUR")
    rename = "update tenant_management.settings set key = %s where key = 'currency'"
    assert tenant["admin"].refused(rename, "time_zone")[1] == "setting_invalid"
    assert tenant["admin"].refused(rename, "colour")[1] == "setting_unknown"


def test_who_sets_and_who_reads(tenant: TenantRow) -> None:
    other = TenantRow.of(tenant.db)
    for role in ("member", "viewer"):
        assert tenant[role].refused(SET, "currency", '"EUR"')[0] == "42501"
    set_to(tenant["owner"], "currency", "EUR")
    assert tenant["viewer"].column("select value from tenant_management.settings") == ["EUR"]
    assert other["owner"].rows("select * from tenant_management.settings") == []
    assert effective(other["owner"]) == DEFAULTS
    assert other["owner"].count("update tenant_management.settings set value = '\"GBP\"'") == 0
    assert tenant["owner"].refused("select * from tenant_management.tenant_settings(%s)", tenant.id)[0] == "42501"
    of_tenant = "select value from tenant_management.tenant_settings(%s) where key = 'currency'"
    operator = tenant["operator"]
    assert (operator.column(of_tenant, tenant.id), operator.column(of_tenant, other.id)) == (["EUR"], ["USD"])
    operator.rows(
        "insert into tenant_management.settings (tenant_id, key, value) values (%s, 'locale', '\"fr\"')", other.id
    )
    assert effective(other["viewer"])["locale"] == "fr"


def test_the_app_plane_is_told_of_every_change_while_the_tenant_is_active(tenant: TenantRow) -> None:
    set_to(tenant["admin"], "currency", "EUR")
    set_to(tenant["admin"], "currency", "GBP")
    tenant["admin"].rows("delete from tenant_management.settings")
    assert events(tenant) == 3
    set_to(tenant["admin"], "locale", "fr")
    row = tenant.db.execute("select private.tenant_settings_event(%s) as event", (tenant.id,)).fetchone()
    assert row is not None
    assert row["event"] == {
        "url": "http://plane.example",
        "body": {
            "event": "tenant.settings_changed", "tenantId": tenant.id, "settings": {"locale": "fr"}, "revision": 4,
        },
    }  # fmt: skip


def test_settings_made_while_the_tenant_is_not_active_are_told_when_it_is(control_db: Db) -> None:
    tenant = TenantRow.of(control_db, "suspended")
    set_to(tenant["admin"], "currency", "EUR")
    query = b"update tenant_management.tenants set status = 'active' where id = %s"
    assert events(tenant) == 0
    control_db.execute(query, (tenant.id,))
    control_db.execute(query, (tenant.id,))
    assert events(tenant) == 1


ADDRESS = "insert into tenant_management.addresses (line1, city, country) values ('Hafen 1', 'Kiel', 'DE')"
CONTACT = (
    "insert into tenant_management.contacts (first_name, last_name, email, type)"
    " values ('Ada', 'Lovelace', 'ada@acme.example', %s)"
)


def test_who_keeps_address_and_contacts(tenant: TenantRow) -> None:
    other = TenantRow.of(tenant.db)
    for role in ("member", "viewer"):
        assert tenant[role].refused(ADDRESS)[0] == tenant[role].refused(CONTACT, "billing")[0] == "42501"
    tenant["admin"].rows(ADDRESS)
    assert tenant["admin"].refused(ADDRESS)[0] == "23505"
    for kind in ("billing", "technical"):
        tenant["admin"].rows(CONTACT, kind)
    assert tenant["admin"].refused(CONTACT, "billing")[0] == "23505"
    assert tenant["admin"].refused(CONTACT, "friend")[0] == "23514"
    seen = "select type from tenant_management.contacts order by 1"
    for caller in (tenant["viewer"], tenant["operator"]):
        assert caller.column(f"{seen}") == ["billing", "technical"]
        assert caller.column("select city from tenant_management.addresses where tenant_id = %s", tenant.id) == ["Kiel"]
    assert other["owner"].column(seen) == other["owner"].rows("select * from tenant_management.addresses") == []
    assert other["owner"].count("update tenant_management.addresses set city = 'x'") == 0
    assert tenant["operator"].count(
        "update tenant_management.addresses set city = 'Lübeck' where tenant_id = %s", tenant.id) == 1  # fmt: skip
    assert tenant["owner"].count("delete from tenant_management.addresses") == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [("country", "de"), ("country", "Germany"), ("city", ""), ("region", "x" * 201), ("postal_code", "x" * 201)],
)
def test_address_is_checked(tenant: TenantRow, column: str, value: str) -> None:
    tenant["admin"].rows(ADDRESS)
    change = sql.SQL("update tenant_management.addresses set {} = %s").format(sql.Identifier(column)).as_string()
    assert tenant["admin"].refused(change, value)[0] == "23514"

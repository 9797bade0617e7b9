"""Seats: active and invited members take one each, deactivated ones none; the limit holds for all ways to one."""

import json
from typing import Any

import psycopg
import pytest

from tests.support.acting import Caller, Db, Organization

INVITE = "insert into public.users (email, role) values (%s, 'member') returning id::text"
STATUS = "update public.users set status = %s where id = %s"


@pytest.fixture
def organization(app_db: Db) -> Organization:
    """Five members, of whom nobody has signed in; one more seat is free."""
    return Organization.of(app_db, max_users=6)


def seats(caller: Caller) -> dict[str, Any]:
    return dict(caller.column("select public.dashboard_summary() -> 'seats'")[0])


def sign_in(organization: Organization, name: str) -> None:
    email = organization.db.execute(
        "select email::text, slug from public.users join public.organizations as o on o.id = organization_id"
        " where users.id = %s",
        (organization[name].id,),
    ).fetchone()
    assert email is not None
    organization.db.execute(
        "select private.exchange_identity(%s, %s, %s, true)",
        (f"http://issuer.example/auth/realms/tenant-{email['slug']}", f"subject-{name}", email["email"]),
    )


def test_the_dashboard_shows_seats_and_limit_to_everybody(organization: Organization) -> None:
    expected = {"used": 5, "limit": 6, "active": 0, "invited": 5}
    assert seats(organization["vera"]) == seats(organization["owner"]) == expected
    other = Organization.of(organization.db)
    assert seats(other["owner"]) == {"used": 5, "limit": None, "active": 0, "invited": 5}


def test_an_invited_member_becomes_active_at_the_first_sign_in(organization: Organization) -> None:
    sign_in(organization, "mia")
    query = "select joined_at from public.users where id = %s"
    first = organization["vera"].column(query, organization["mia"].id)[0]
    assert seats(organization["vera"]) == {"used": 5, "limit": 6, "active": 1, "invited": 4}
    sign_in(organization, "mia")
    assert organization["vera"].column(query, organization["mia"].id) == [first]
    assert first is not None


def test_invited_members_take_seats_and_a_deactivated_one_frees_its_own(organization: Organization) -> None:
    admin = organization["admin"]
    sixth = admin.column(INVITE, "six@x.example")[0]
    assert admin.refused(INVITE, "seven@x.example") == ("PT402", "quota_exceeded")
    assert admin.count(STATUS, "deactivated", sixth) == 1
    assert seats(admin)["used"] == 5
    admin.rows(INVITE, "seven@x.example")
    assert admin.refused(STATUS, "active", sixth) == ("PT402", "quota_exceeded")
    assert seats(admin) == {"used": 6, "limit": 6, "active": 0, "invited": 6}


def test_seats_are_what_the_counter_says(organization: Organization) -> None:
    admin = organization["admin"]
    admin.rows(STATUS, "deactivated", organization["max"].id)
    admin.rows(INVITE, "new@x.example")
    summary = admin.column("select public.dashboard_summary()")[0]
    assert summary["seats"]["used"] == summary["usage"]["users"] == 5
    assert summary["seats"]["limit"] == summary["limits"]["users"] == 6


def test_a_refused_invitation_says_how_many_there_are(organization: Organization) -> None:
    organization["admin"].rows(INVITE, "six@x.example")
    details = []
    try:
        organization["admin"].rows(INVITE, "seven@x.example")
    except Exception as error:  # the database's error, of which the detail is looked at
        details.append(json.loads(error.diag.message_detail))  # type: ignore[attr-defined]
    assert details == [{"code": "quota_exceeded", "metric": "users", "limit": 6, "current": 6, "requested": 1}]


def test_invitations_of_a_day_are_limited_however_often_a_seat_is_freed(organization: Organization) -> None:
    """Twice the plan's seats; what the platform does itself is no invitation."""
    admin = organization["admin"]
    for number in range(12):
        invited = admin.column(INVITE, f"stranger{number}@x.example")[0]
        admin.rows(STATUS, "deactivated", invited)
    with pytest.raises(psycopg.Error) as caught:
        admin.rows(INVITE, "one-more@x.example")
    assert (caught.value.sqlstate, caught.value.diag.message_primary) == ("PT429", "too_many_invitations")
    details = json.loads(caught.value.diag.message_detail or "")
    assert (details["limit"], 86_000 < details["retry_after"] <= 86_400) == (12, True)
    admin.rows(STATUS, "active", invited)
    admin.rows(STATUS, "deactivated", invited)
    organization.add("sent", "viewer")
    Organization.of(organization.db)["owner"].rows(INVITE, "another@x.example")
    identities = "select count(*) as sent from pgmq.q_identities where message ->> 'organization_id' = %s"
    sent = organization.db.execute(identities.encode(), (organization.id,)).fetchone()
    assert sent == {"sent": 12}


@pytest.mark.parametrize(
    "name",
    [
        "Click http://evil.example now", "evil.example", "www.evil.example", "evil。example", "a@evil", "Ann/Bob", "C:",
        "Ann\nBob", "Ann\u2028Bob", "\u202enna", "<b>", "A\\B",
    ],
)  # fmt: skip
def test_a_name_is_nothing_that_a_mail_program_makes_a_link_of(organization: Organization, name: str) -> None:
    for column in ("first_name", "last_name"):
        change = f"update public.users set {column} = %s where id = %s"  # noqa: S608
        assert organization["admin"].refused(change, name, organization["mia"].id)[0] == "23514"


@pytest.mark.parametrize(
    "name", ["Zoë", "O'Neill", "J.R.R. Tolkien", "Jean-Luc", "María José", "王小明", "Dr. Ute (QA)", ""]
)
def test_a_name_is_what_people_are_called(organization: Organization, name: str) -> None:
    change = "update public.users set first_name = %s where id = %s"
    assert organization["admin"].count(change, name, organization["mia"].id) == 1

"""Whoever signs up has a mail sent to an address of their choice: their words in it are names, and no links."""

from typing import Any

import psycopg
import pytest

Db = psycopg.Connection[dict[str, Any]]
REGISTER = "select private.register_lead(%s, 'L', %s, 'ada@x.example', 'website', '192.0.2.1', 100)"


@pytest.mark.parametrize(
    ("first_name", "company_name"),
    [
        ("Click http://evil.example", "Acme"),
        ("evil.example", "Acme"),
        ("Ada\nL", "Acme"),
        ("Ada", "Win at HTTPS://evil.example"),
        ("Ada", "Win at www.evil.example"),
        ("Ada", "Acme\nInc"),
    ],
)
def test_a_lead_with_a_link_for_a_name_is_refused(control_db: Db, first_name: str, company_name: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), control_db.transaction():
        control_db.execute(REGISTER, (first_name, company_name))


@pytest.mark.parametrize("company_name", ["Acme Inc.", "Nordic Parts A/S", "Müller & Söhne", "parts.io: boards"])
def test_companies_have_names_of_their_own(control_db: Db, company_name: str) -> None:
    row = control_db.execute(REGISTER, ("Ada", company_name)).fetchone()
    assert row == {"register_lead": 0}

"""File names from outside: safe in a header, and only ever text."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_api.downloads import attachment, plain_name

HOSTILE = {
    'a"; filename="evil.exe': 'a"; filename="evil.exe',
    "a\r\nSet-Cookie: s=1\r\n\r\n<html>": "aSet-Cookie: s=1<html>",
    "/etc/passwd": "passwd",
    "..\\..\\windows\\system32\\x.csv": "x.csv",
    "../../../boms.csv": "boms.csv",
    "annex\u202efdp.csv": "annexfdp.csv",
    "\u2066a\u2069\u200f.csv": "a.csv",
    "a\x00b\x1b[31m.csv": "ab[31m.csv",
    "..": "bom",
    "/": "bom",
    "": "bom",
    "   ": "bom",
    "x" * 1000: "x" * 200,
    "Stückliste №1 部品表.xlsx": "Stückliste №1 部品表.xlsx",
    "a\ud800b": "ab",
    "50%;é'*.csv": "50%;é'*.csv",
}
HEADER = re.compile(r"attachment; filename=\"[A-Za-z0-9 ._()+-]{1,200}\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_become_plain_ones(name: str) -> None:
    assert plain_name(name) == HOSTILE[name]
    disposition = attachment(name)["Content-Disposition"]
    assert HEADER.fullmatch(disposition), disposition
    assert unquote(disposition.rpartition("''")[2]) == HOSTILE[name]


@given(st.text(st.characters(), max_size=400))
def test_any_name_is_safe(name: str) -> None:
    plain = plain_name(name)
    assert 1 <= len(plain) <= 200
    assert not set(plain) & set("/\\")
    assert plain.isprintable()
    assert plain_name(plain) == plain
    headers = attachment(name)
    assert HEADER.fullmatch(headers["Content-Disposition"])
    assert headers["X-Content-Type-Options"] == "nosniff"

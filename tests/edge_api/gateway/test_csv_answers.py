"""When the gateway writes CSV, and what of JSON becomes of it. The rule of cells is tested with the database's."""

import pytest

from edge_api.gateway.csv_answers import UnwritableError, to_csv, wants_csv

ACCEPTED = {
    "text/csv": True,
    "TEXT/CSV; charset=utf-8": True,
    "text/html, text/csv;q=0.9": True,
    "*/*, text/csv": True,
    "text/csv, */*;q=0.1": True,
    "application/json;q=0.5, text/csv;q=0.9": True,
    "application/json, text/csv": False,
    "text/csv;q=0.5, application/json": False,
    "application/vnd.pgrst.object+json, text/csv;q=0.1": False,
    "text/csv;q=x.1": True,
    "text/csv;q=1.1.1": True,
    "text/*": False,
    "*/*": False,
    "": False,
}
TABLES = {
    b"[]": "",
    b'[{"a": 1, "b": "x"}, {"a": null, "b": "=x"}]': "a,b\n1,x\n,'=x",
    b'{"a": true, "b": ""}': 'a,b\ntrue,""',
    b'[{"a": 1.50, "b": 12345678901234567890.123}]': "a,b\n1.50,12345678901234567890.123",
    b'[{"a": 1e400, "b": -0.0, "c": -5}]': "a,b,c\n1e400,-0.0,-5",
    b'[{"a": {"x": [1, "=1", 1.5]}}]': 'a\n"{""x"": [1, ""=1"", 1.5]}"',
    b'[{"a": ["x"]}]': 'a\n"[""x""]"',
    b"7": "pgrst_scalar\n7",
    b'"=7"': "pgrst_scalar\n'=7",
    b"null": "pgrst_scalar\n",
    b'[1, "x"]': "pgrst_scalar\n1\nx",
    b'[{"=a": 1}]': "'=a\n1",
    b'[{"a": 1}, {"b": 2}]': "a,b\n1,\n,2",
    '[{"a": "Stück\\u0000 部品"}]'.encode(): "a\nStück\x00 部品",
    b'[{"a": ' + b"9" * 5000 + b"}]": "a\n" + "9" * 5000,
}


@pytest.mark.parametrize("accept", ACCEPTED)
def test_csv_is_written_where_it_is_liked_best(accept: str) -> None:
    assert wants_csv([(b"host", b"x"), (b"accept", accept.encode())]) == ACCEPTED[accept]


def test_nothing_is_written_where_nothing_is_said() -> None:
    assert not wants_csv([(b"host", b"x")])


@pytest.mark.parametrize("content", TABLES)
def test_json_becomes_a_table(content: bytes) -> None:
    assert to_csv(content).decode() == TABLES[content]


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b"\xff"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(UnwritableError):
        to_csv(content)

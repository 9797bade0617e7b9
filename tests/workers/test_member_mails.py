"""Mails to members say what people wrote in their text, never in their head."""

import pytest

from workers.notifications.messages import mention

FACTS = {
    "email": "max@acme.example", "first_name": "Max", "author": "Mia", "bom_name": "Main board", "position": 3,
    "mpn": None, "body": "In stock?", "slug": "acme",
}  # fmt: skip


def test_a_mention_says_who_where_and_what() -> None:
    mail = mention(FACTS, "https://ananta.example")
    text = mail.get_content()
    assert mail["To"] == "max@acme.example"
    assert "Mia mentioned you on line 3 (no part number) of Main board:\n\nIn stock?" in text
    assert "https://ananta.example/app/acme" in text


@pytest.mark.parametrize("field", ["first_name", "author", "bom_name", "mpn", "body"])
def test_what_people_wrote_adds_no_header(field: str) -> None:
    mail = mention(FACTS | {field: "x\r\nBcc: all@elsewhere.example\r\n\r\nx"}, "https://ananta.example")
    assert (mail["Bcc"], set(mail.keys())) == (None, set(mention(FACTS, "").keys()))
    assert "Bcc: all@elsewhere.example" in mail.get_content()

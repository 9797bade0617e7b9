"""Comments on lines of BOMs: who writes, edits and deletes; who is mentioned, told and mailed."""

import uuid
from typing import Any

import psycopg
import pytest

from tests.support.acting import Db, Organization
from tests.support.imports import Imports

COMMENT = "insert into public.bom_line_comments (bom_line_item_id, body) values (%s, %s) returning id::text"
EDIT = "select * from public.edit_comment(%s, %s)"


class Talk:
    """An organization with a BOM of one line."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.organization = Organization.of(db)
        db.execute("update public.users set joined_at = now() where organization_id = %s", (self.organization.id,))
        imports = Imports.of(db)
        bom = imports.imported([{"mpn": "NOVEL1"}])
        self.foreign_line = str(imports.lines(bom)[0]["id"])
        imports.made.organization_id = self.organization.id
        imports.made.owner_id = self.organization["owner"].id
        imports.sign_in()
        self.bom = imports.imported([{"mpn": "NOVEL2"}], name="Main board")
        self.line = str(imports.lines(self.bom)[0]["id"])
        db.execute("select set_config('request.jwt.claims', '', true)")

    def say(self, name: str, body: str) -> str:
        """A comment; its id."""
        return str(self.organization[name].column(COMMENT, self.line, body)[0])

    def mentioned(self, comment: str) -> set[str]:
        """Names of the members whom a comment mentions."""
        names = {caller.id: name for name, caller in self.organization.callers.items()}
        query = "select user_id::text as id from public.mentions where bom_line_comment_id = %s"
        return {names[row["id"]] for row in self.db.execute(query.encode(), (comment,)).fetchall()}

    def messages(self) -> list[dict[str, Any]]:
        """What the worker is told, the oldest first."""
        query = "select message from pgmq.q_notifications where message ->> 'organization_id' = %s order by msg_id"
        return [row["message"] for row in self.db.execute(query.encode(), (self.organization.id,)).fetchall()]

    def mail(self, mention_id: str) -> dict[str, Any] | None:
        """What the worker is given for a mention."""
        row = self.db.execute("select private.mention_mail(%s) as mail", (mention_id,)).fetchone()
        assert row is not None
        return row["mail"]


@pytest.fixture
def talk(app_db: Db) -> Talk:
    return Talk(app_db)


def test_members_write_and_all_read(talk: Talk) -> None:
    talk.say("mia", "Is this stocked?")
    seen = "select body, author_id::text, edited_at from public.bom_line_comments"
    expected = [{"body": "Is this stocked?", "author_id": talk.organization["mia"].id, "edited_at": None}]
    assert talk.organization["vera"].rows(seen) == expected
    assert talk.organization["vera"].refused(COMMENT, talk.line, "x")[0] == "42501"
    assert Organization.of(talk.db)["owner"].rows(seen) == []


def test_nobody_writes_as_another_or_elsewhere(talk: Talk) -> None:
    mia = talk.organization["mia"]
    as_max = "insert into public.bom_line_comments (bom_line_item_id, body, author_id) values (%s, 'x', %s)"
    assert mia.refused(as_max, talk.line, talk.organization["max"].id)[0] == "42501"
    for line in (talk.foreign_line, str(uuid.uuid4())):
        assert mia.refused(COMMENT, line, "x")[0] == "23503"
    for text in ("", "x" * 4001):
        assert mia.refused(COMMENT, talk.line, text)[0] == "23514"


def test_only_the_author_edits(talk: Talk) -> None:
    comment = talk.say("mia", "Frist")
    for name in ("max", "admin", "owner"):
        assert talk.organization[name].refused(EDIT, comment, "x") == ("PT403", "not_the_author")
    assert talk.organization["vera"].refused(EDIT, comment, "x") == ("PT403", "permission_denied")
    assert Organization.of(talk.db)["owner"].refused(EDIT, comment, "x") == ("PT404", "comment_not_found")
    mia = talk.organization["mia"]
    assert mia.rows(EDIT, comment, "Frist")[0]["edited_at"] is None
    edited = mia.rows(EDIT, comment, "First")[0]
    assert (edited["body"], edited["edited_at"] is None) == ("First", False)
    assert mia.refused(EDIT, comment, "")[0] == "23514"
    assert mia.refused("update public.bom_line_comments set body = 'x'")[0] == "42501"


def test_the_author_or_an_admin_deletes(talk: Talk) -> None:
    delete = "delete from public.bom_line_comments where id = %s"
    for deleter, outcome in (("max", 0), ("vera", 0), ("mia", 1), ("admin", 1), ("owner", 1)):
        assert talk.organization[deleter].count(delete, talk.say("mia", "x")) == outcome, deleter


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ("@mia", set()),
        ("@max", {"max"}),
        ("@Max, @vera: see", {"max", "vera"}),
        ("(@max) and\n@vera. And @max again", {"max", "vera"}),
        ("@max@{org}.example.", {"max"}),
        ("@MAX@{org}.EXAMPLE", {"max"}),
        ("max@{org}.example", set()),
        ("mail it to x@max and y@@vera", set()),
        ("@maxi @ma @nobody @ @@ no one", set()),
        ("@max@elsewhere.example", set()),
        ("@owner @admin", {"owner", "admin"}),
    ],
)
def test_who_is_mentioned(talk: Talk, body: str, mentioned: set[str]) -> None:
    comment = talk.say("mia", body.format(org=talk.organization.id))
    assert talk.mentioned(comment) == mentioned
    assert len(talk.messages()) == len(mentioned)


def test_a_name_that_two_have_mentions_neither(talk: Talk) -> None:
    twin = talk.organization.add("twin", "member", "max@else.example")
    assert talk.mentioned(talk.say("mia", "@max")) == set()
    assert talk.mentioned(talk.say("mia", "@max@else.example")) == {"twin"}
    talk.db.execute("update public.users set status = 'deactivated' where id = %s", (twin.id,))
    assert talk.mentioned(talk.say("mia", "@max and @max@else.example")) == {"max"}


def test_members_of_other_organizations_are_not_mentioned(talk: Talk) -> None:
    other = Organization.of(talk.db)
    assert talk.mentioned(talk.say("mia", f"@mia@{other.id}.example")) == set()
    assert talk.messages() == []


def test_who_may_not_see_the_project_is_not_mentioned(talk: Talk) -> None:
    mia = talk.organization["mia"]
    project = mia.column("insert into public.projects (name, is_private) values ('Secret', true) returning id::text")[0]
    talk.db.execute("update public.boms set project_id = %s where id = %s", (project, talk.bom["id"]))
    assert talk.mentioned(talk.say("mia", "@max @vera @admin")) == {"admin"}
    add = "insert into public.project_members (project_id, user_id) values (%s, %s)"
    mia.rows(add, project, talk.organization["vera"].id)
    assert talk.mentioned(talk.say("mia", "@max @vera @admin")) == {"admin", "vera"}


def test_an_edit_tells_those_who_are_new_in_it(talk: Talk) -> None:
    comment = talk.say("mia", "@max")
    talk.organization["mia"].rows(EDIT, comment, "@max and @vera")
    assert (talk.mentioned(comment), len(talk.messages())) == ({"max", "vera"}, 2)
    talk.organization["mia"].rows(EDIT, comment, "@vera")
    assert (talk.mentioned(comment), len(talk.messages())) == ({"vera"}, 2)


def test_a_message_names_the_mention_and_carries_no_text(talk: Talk) -> None:
    talk.say("mia", "@max look at this secret")
    mention = talk.organization["max"].column("select id::text from public.mentions")[0]
    (message,) = talk.messages()
    assert (message["type"], message["id"]) == ("mention.created", mention)
    assert "secret" not in str(message)


def test_the_mail_says_who_where_and_what(talk: Talk) -> None:
    talk.say("mia", "@max in stock?")
    mail = talk.mail(talk.messages()[0]["id"])
    assert mail is not None
    domain = f"{talk.organization.id}.example"
    assert {k: mail[k] for k in ("email", "author", "bom_name", "position", "mpn", "body")} == {
        "email": f"max@{domain}", "author": f"mia@{domain}", "bom_name": "Main board", "position": 1, "mpn": "NOVEL2",
        "body": "@max in stock?",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        "update public.users set status = 'deactivated' where id = %(max)s",
        "update public.users set joined_at = null where id = %(max)s",  # invited only: a stranger
        "update public.organizations set status = 'suspended' where id = %(organization)s",
        "delete from public.bom_line_comments where organization_id = %(organization)s",
        "update public.projects set is_private = true, is_default = false where organization_id = %(organization)s",
    ],
)
def test_no_mail_when_the_member_may_not_see_it_any_more(talk: Talk, change: str) -> None:
    talk.say("mia", "@max")
    talk.db.execute(change.encode(), {"max": talk.organization["max"].id, "organization": talk.organization.id})
    assert talk.mail(talk.messages()[0]["id"]) is None


def test_only_oneself_reads_a_mention_and_then_no_mail_is_sent(talk: Talk) -> None:
    talk.say("mia", "@vera")
    mention = talk.messages()[0]["id"]
    read = "select * from public.read_mention(%s)"
    for name in ("mia", "owner"):
        assert talk.organization[name].refused(read, mention) == ("PT404", "mention_not_found")
    assert talk.mail(mention) is not None
    first = talk.organization["vera"].rows(read, mention)[0]["read_at"]
    assert first is not None
    assert talk.organization["vera"].rows(read, mention)[0]["read_at"] == first
    assert talk.mail(mention) is None


def test_a_comment_outlives_its_author(talk: Talk) -> None:
    comment = talk.say("mia", "Mine")
    talk.db.execute("delete from public.users where id = %s", (talk.organization["mia"].id,))
    query = "select author_id, body from public.bom_line_comments where id = %s"
    assert talk.organization["vera"].rows(query, comment) == [{"author_id": None, "body": "Mine"}]
    with pytest.raises(psycopg.Error, match="not_the_author"):
        talk.organization["max"].rows(EDIT, comment, "x")

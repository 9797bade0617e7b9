"""Private projects: who sees them and all that is in them, by every way in; and what the policies cost."""

import re
import uuid
from typing import Any

import psycopg
import pytest

from tests.support.acting import Db, Organization

# Every table that shows something of a BOM, and how to find what is about one project.
OF_PROJECT = {
    "projects": "id = %(project)s",
    "project_members": "project_id = %(project)s",
    "boms": "project_id = %(project)s",
    "bom_line_items": "bom_id = %(bom)s",
    "bom_line_alternates": "bom_line_item_id = %(line)s",
    "bom_line_suggestions": "bom_line_item_id = %(line)s",
    "bom_line_comments": "bom_line_item_id = %(line)s",
    "mentions": "bom_line_comment_id = %(comment)s",
    "enrichment_queue": "bom_line_item_id = %(line)s",
    "alerts": "bom_id = %(bom)s",
}
FILL = """
    with f as (insert into public.stored_files (organization_id, sha256, size_bytes)
        values (%(organization)s, %(sha)s, 1) on conflict do nothing),
    b as (insert into public.boms (
            organization_id, project_id, name, status, file_name, file_sha256, file_size)
        values (%(organization)s, %(project)s, 'Secret board', 'ready', 'x', %(sha)s, 1) returning id),
    l as (insert into public.bom_line_items (organization_id, bom_id, position, row_number, raw, mpn)
        select %(organization)s, id, 1, 2, '{}', 'SECRET1' from b returning id, bom_id),
    a as (insert into public.bom_line_alternates (organization_id, bom_id, bom_line_item_id, rank, row_number, mpn)
        select %(organization)s, bom_id, id, 1, 2, 'SECRET2' from l),
    p as (insert into public.catalogue_parts (mpn, lifecycle, source) values (%(part)s, 'active', 't') returning id),
    s as (insert into public.bom_line_suggestions (
            organization_id, bom_id, bom_line_item_id, catalogue_part_id, rank, similarity)
        select %(organization)s, l.bom_id, l.id, p.id, 1, 0.5 from l, p),
    q as (insert into public.enrichment_queue (organization_id, bom_id, bom_line_item_id, reason)
        select %(organization)s, bom_id, id, 'no_match' from l),
    e as (insert into public.alerts (organization_id, type, bom_id, title)
        select %(organization)s, 'component-eol', id, 'Secret part' from b),
    c as (insert into public.bom_line_comments (organization_id, bom_id, bom_line_item_id, author_id, body)
        select %(organization)s, bom_id, id, %(author)s, 'Said in private' from l returning id)
    select b.id::text as bom, l.id::text as line, c.id::text as comment from b, l, c
"""


class Work:
    """An organization with a private project of mia's, in which there is one row of everything."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.organization = Organization.of(db)
        self.ids: dict[str, str] = {}
        mia = self.organization["mia"]
        project = mia.rows("insert into public.projects (name, is_private) values ('Secret', true) returning id::text")
        self.ids = self.fill(project[0]["id"])

    def fill(self, project: str) -> dict[str, str]:
        """One row of everything in a project."""
        facts = {
            "organization": self.organization.id, "project": project, "sha": uuid.uuid4().hex * 2,
            "part": f"ZQP{uuid.uuid4().hex}", "author": self.organization["mia"].id,
        }  # fmt: skip
        row = self.db.execute(FILL.encode(), facts).fetchone()
        assert row is not None
        self.db.execute(
            "insert into public.mentions (organization_id, bom_id, bom_line_comment_id, user_id)"
            " values (%s, %s, %s, %s)",
            (self.organization.id, row["bom"], row["comment"], self.organization["mia"].id),
        )
        return {"project": project} | row

    def seen(self, name: str, ids: dict[str, str] | None = None) -> set[str]:
        """In which tables a member finds something of the project."""
        found = set()
        for table, condition in OF_PROJECT.items():
            query = f"select count(*) from public.{table} where {condition}"  # noqa: S608
            if self.organization[name].column(query % {k: f"'{v}'" for k, v in (ids or self.ids).items()}) != [0]:
                found.add(table)
        return found

    def join(self, name: str, by: str) -> None:
        """Somebody makes somebody a member of the project."""
        self.organization[by].rows(
            "insert into public.project_members (project_id, user_id) values (%s, %s)",
            self.ids["project"], self.organization[name].id,
        )  # fmt: skip


@pytest.fixture
def work(app_db: Db) -> Work:
    return Work(app_db)


def test_members_admins_and_owners_see_a_private_project_and_nobody_else(work: Work) -> None:
    for name in ("mia", "admin", "owner"):
        assert work.seen(name) == set(OF_PROJECT), name
    for name in ("max", "vera"):
        assert work.seen(name) == set(), name


def test_a_member_brings_others_in_and_out(work: Work) -> None:
    work.join("vera", by="mia")
    assert work.seen("vera") == set(OF_PROJECT)
    leave = "delete from public.project_members where user_id = %s"
    assert work.organization["max"].count(leave, work.organization["vera"].id) == 0
    assert work.organization["mia"].count(leave, work.organization["vera"].id) == 1
    assert work.seen("vera") == set()


def test_nobody_lets_themselves_in(work: Work) -> None:
    insert = "insert into public.project_members (project_id, user_id) values (%s, %s)"
    for name in ("max", "vera"):
        assert work.organization[name].refused(insert, work.ids["project"], work.organization[name].id)[0] == "42501"
    vera = work.organization["vera"].id
    work.join("vera", by="owner")
    assert work.organization["vera"].refused(insert, work.ids["project"], work.organization["max"].id)[0] == "42501"
    other = Organization.of(work.db)
    assert other["owner"].refused(insert, work.ids["project"], other["mia"].id)[0] in ("23503", "42501")
    assert work.organization["mia"].refused(insert, work.ids["project"], other["mia"].id)[0] == "23503"
    assert work.organization["mia"].refused(insert, work.ids["project"], vera)[0] == "23505"


def test_of_a_hidden_project_s_name_nothing_is_told_but_that_it_is_taken(work: Work) -> None:
    """The documented exception (docs/TEAM.md): an upsert on the name needs it to be unique among all projects."""
    stranger = work.organization["max"]
    refused = stranger.refused("insert into public.projects (name) values ('Secret')")
    assert refused == stranger.refused("insert into public.projects (name) values ('Default project')")
    upsert = (
        "insert into public.projects (name, description) values ('Secret', 'x')"
        " on conflict (organization_id, name) do update set description = excluded.description returning id"
    )
    assert stranger.refused(upsert)[0] == "42501"
    assert work.organization["mia"].count(upsert) == 1


def test_an_open_project_is_seen_by_all_and_what_is_made_private_stays_with_who_did_it(work: Work) -> None:
    row = work.organization["max"].rows("insert into public.projects (name) values ('Open') returning id::text")
    ids = work.fill(row[0]["id"])
    everything = set(OF_PROJECT) - {"project_members"}
    assert work.seen("vera", ids) == work.seen("mia", ids) == everything
    private = "update public.projects set is_private = %s where id = %s"
    assert work.organization["max"].count(private, True, ids["project"]) == 1
    assert work.seen("max", ids) == set(OF_PROJECT)
    assert work.seen("mia", ids) == set()
    assert work.organization["mia"].count(private, False, ids["project"]) == 0
    assert work.organization["max"].count(private, False, ids["project"]) == 1
    assert work.seen("mia", ids) == set(OF_PROJECT)


def test_the_default_project_stays_open(work: Work) -> None:
    query = "update public.projects set is_private = true where is_default"
    assert work.organization["owner"].refused(query)[0] == "23514"


def test_who_is_made_less_sees_less_at_once(work: Work) -> None:
    work.db.execute("update public.users set role = 'member' where id = %s", (work.organization["admin"].id,))
    assert work.seen("admin") == set()


WRITES = {
    "rename": "update public.boms set name = 'x' where id = %(bom)s",
    "delete": "delete from public.boms where id = %(bom)s",
    "delete a line": "delete from public.bom_line_items where id = %(line)s",
    "settle an alert": "update public.alerts set status = 'resolved' where bom_id = %(bom)s",
    "dismiss": "update public.enrichment_queue set status = 'dismissed' where bom_line_item_id = %(line)s",
    "delete a comment": "delete from public.bom_line_comments where id = %(comment)s",
    "open": "update public.projects set is_private = false where id = %(project)s",
}


@pytest.mark.parametrize("write", WRITES)
def test_what_is_not_seen_is_not_written(work: Work, write: str) -> None:
    query = WRITES[write] % {k: f"'{v}'" for k, v in work.ids.items()}
    assert work.organization["max"].count(query) == 0


CALLS = {
    "commit": ("select * from public.commit_bom(%(bom)s)", "bom_not_found"),
    "resume": ("select * from public.resume_bom(%(bom)s)", "bom_not_found"),
    "pick": ("select * from public.pick_part(%(line)s, null)", "bom_not_found"),
    "edit": ("select * from public.edit_comment(%(comment)s, 'x')", "comment_not_found"),
}


@pytest.mark.parametrize("call", CALLS)
def test_functions_find_nothing_in_a_hidden_project(work: Work, call: str) -> None:
    query, slug = CALLS[call]
    query = query % {k: f"'{v}'" for k, v in work.ids.items()}
    state, message = work.organization["max"].refused(query)
    assert (state, message) == ("PT404", slug)


def test_a_comment_on_a_hidden_line_is_refused_like_one_on_none(work: Work) -> None:
    comment = "insert into public.bom_line_comments (bom_line_item_id, body) values (%s, 'x')"
    told = [work.organization["max"].refused(comment, line) for line in (work.ids["line"], str(uuid.uuid4()))]
    assert told[0] == told[1]
    assert told[0][0] == "23503"


def test_a_mention_is_not_read_any_more_when_its_bom_is_hidden(work: Work) -> None:
    mention = work.db.execute("update public.mentions set user_id = %s returning id", (work.organization["max"].id,))
    (found,) = mention.fetchall()
    read = "select * from public.read_mention(%s)"
    assert work.organization["max"].refused(read, found["id"]) == ("PT404", "mention_not_found")
    work.join("max", by="mia")
    assert len(work.organization["max"].rows(read, found["id"])) == 1


OF_LINE = [table for table, condition in OF_PROJECT.items() if "line" in condition or "comment" in condition]


@pytest.mark.parametrize("table", OF_LINE)
def test_what_hangs_on_a_line_has_the_bom_of_the_line(work: Work, table: str) -> None:
    other = work.fill(work.ids["project"])["bom"]
    with pytest.raises(psycopg.errors.ForeignKeyViolation), work.db.transaction():
        work.db.execute(f"update public.{table} set bom_id = %s".encode(), (other,))  # noqa: S608


def test_the_edge_finds_nothing_in_a_hidden_project(work: Work) -> None:
    """File, export, mapping, revision and upload: functions that the edge calls with the caller's claims."""
    calls = {
        "select * from private.bom_file(%(bom)s)": ("PT404", "bom_not_found"),
        "select * from private.map_bom(%(bom)s, '{}')": ("PT404", "bom_not_found"),
        "select * from private.create_bom(null, null, 'b.csv', %(sha)s, 1, false, %(bom)s)": (
            "PT404", "bom_not_found",
        ),
        "select * from private.create_bom(%(project)s, null, 'b.csv', %(sha)s, 1, false, null)": (
            "PT404", "project_not_found",
        ),
    }  # fmt: skip
    max_, mia = work.organization["max"], work.organization["mia"]
    export = "select * from private.export_bom_lines(%s, 0, 10)"
    for caller in (max_, mia):
        caller.role = "ananta_edge"
    assert (len(max_.rows(export, work.ids["bom"])), len(mia.rows(export, work.ids["bom"]))) == (0, 1)
    for query, refusal in calls.items():
        text = query % {k: f"'{v}'" for k, v in (work.ids | {"sha": "0" * 64}).items()}
        assert max_.refused(text) == refusal
        assert mia.rows(text)


def test_a_revision_does_not_show_one_that_moved_into_a_hidden_project(work: Work) -> None:
    mia, max_ = work.organization["mia"], work.organization["max"]
    mia.role = max_.role = "ananta_edge"
    revise = "select id::text, project_id from private.create_bom(null, null, 'b.csv', %s, 1, false, %s)"
    first = mia.rows(revise, "1" * 64, None)[0]["id"]
    second = max_.rows(revise, "2" * 64, first)[0]["id"]
    mia.role = "authenticated"
    assert mia.count("update public.boms set project_id = %s where id = %s", work.ids["project"], second) == 1
    for content in ("2" * 64, "3" * 64):
        assert max_.refused(revise, content, first) == ("PT404", "bom_not_found")


def test_a_bom_is_not_moved_where_its_mover_does_not_see(work: Work) -> None:
    row = work.organization["max"].rows("insert into public.projects (name) values ('Open') returning id::text")
    ids = work.fill(row[0]["id"])
    move = "update public.boms set project_id = %s where id = %s"
    assert work.organization["max"].refused(move, work.ids["project"], ids["bom"])[0] == "42501"
    assert work.organization["mia"].count(move, work.ids["project"], ids["bom"]) == 1
    assert work.seen("max", ids) == {"projects"}


def test_another_organization_sees_nothing_of_any_project(work: Work) -> None:
    other = Organization.of(work.db)
    work.organization.callers["stranger"] = other["owner"]
    assert work.seen("stranger") == set()


def tables(plan: Any) -> set[str]:
    """The tables that a plan reads."""
    if isinstance(plan, list):
        return {name for part in plan for name in tables(part)}
    if not isinstance(plan, dict):
        return set()
    own = {str(plan["Relation Name"])} if "Relation Name" in plan else set()
    return own | {name for part in plan.values() if isinstance(part, (dict, list)) for name in tables(part)}


def conditions(plan: Any) -> list[str]:
    """All conditions of a plan's nodes that are checked row by row."""
    if isinstance(plan, list):
        return [text for part in plan for text in conditions(part)]
    if not isinstance(plan, dict):
        return []
    own = [str(v) for k, v in plan.items() if k in ("Filter", "Index Cond", "Recheck Cond", "Join Filter")]
    return own + [text for part in plan.values() if isinstance(part, (dict, list)) for text in conditions(part)]


@pytest.mark.parametrize("table", OF_PROJECT)
def test_policies_look_claims_and_projects_up_once_a_statement(work: Work, table: str) -> None:
    """Nothing of ours is called for each row: claims are InitPlans, hidden projects and BOMs a hashed subplan.

    Nor is that looked at, if an InitPlan says that the caller sees all projects. No policy reads another table.
    """
    query = f"explain (format json) select * from public.{table}"  # noqa: S608
    plan = work.organization["max"].column(query)
    assert tables(plan) == {table}
    checked = conditions(plan)
    assert "private." not in " ".join(checked)
    assert any(re.search(r"organization_id = (\(InitPlan|\$)", text) for text in checked)
    assert any("hashed SubPlan" in text for text in checked)
    assert any(re.search(r"(\(InitPlan \d+\)\.col1|\$\d+) OR ", text) for text in checked)

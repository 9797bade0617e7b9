"""Imports in SQL alone: an organization, its BOMs, and the calls that edge and worker make."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.support.world import Members, add_organization

Json = dict[str, Any]
Db = psycopg.Connection[Json]
OWNER_PERMISSIONS = ["boms:read", "boms:write", "components:read", "components:write"]


@dataclass
class Imports:
    """One organization; its owner calls what people call."""

    db: Db
    made: Members

    @classmethod
    def of(cls, db: Db, *, max_components: int | None = None) -> "Imports":
        """A new organization, and its owner's claims on the connection."""
        imports = cls(db, add_organization(db, max_users=None, max_components=max_components))
        imports.sign_in()
        return imports

    def sign_in(self) -> None:
        """From now on the owner asks."""
        claims = {
            "sub": self.made.owner_id,
            "organization_id": self.made.organization_id,
            "permissions": OWNER_PERMISSIONS,
        }
        self.db.execute("select set_config('request.jwt.claims', %s, true)", (json.dumps(claims),))

    def upload(self, content: str | None = None, **given: Any) -> Json:
        """`private.create_bom` for some content."""
        call = {"name": None, "review": False, "revises": None, "size": 10} | given
        sha256 = (content or secrets.token_hex(4)).encode().hex().ljust(64, "0")
        return self.one(
            "select * from private.create_bom(null, %s, 'bom.csv', %s, %s, %s, %s)",
            (call["name"], sha256, call["size"], call["review"], call["revises"]),
        )

    def parse(self, bom: Json, lines: list[Json], chunk: int = 100, **result: Any) -> bool:
        """Start the import, take all lines in, and finish; each needs what differs from an empty line only."""
        self.start(bom)
        return self.take_in(bom, lines, chunk) and self.finish(bom, **result)

    def start(self, bom: Json) -> Json | None:
        """`private.start_bom_import`."""
        query = "select * from private.start_bom_import(%s, %s)"
        return self.db.execute(query, (bom["id"], bom["import_run"])).fetchone()

    def take_in(self, bom: Json, lines: list[Json], chunk: int = 100, first: int = 0, last: int | None = None) -> bool:
        """`private.take_bom_lines` for some of the lines, until one chunk is refused."""
        full = [{"position": n, "row_number": n + 1, "raw": {}, "quantity": "1", "total_quantity": "1"} | line
                for n, line in enumerate(lines, start=1)]  # fmt: skip
        query = "select private.take_bom_lines(%s, %s, %s, %s, %s) is not null as is_taken"
        key = (bom["id"], bom["import_run"], len(full))
        return all(
            self.one(query, (*key, start + 1, json.dumps(full[:last][start : start + chunk])))["is_taken"]
            for start in range(first, len(full[:last]), chunk)
        )

    def finish(self, bom: Json, **result: Any) -> bool:
        """`private.finish_bom_lines`."""
        parameters = (bom["id"], bom["import_run"], json.dumps({"mapping_source": "proposed"} | result))
        return bool(self.one("select private.finish_bom_lines(%s, %s, %s) as is_over", parameters)["is_over"])

    def match(self, bom: Json, chunk: int = 100) -> Json:
        """Match all chunks of a committed BOM; the BOM afterwards."""
        key = (bom["id"], bom["import_run"])
        while self.one("select private.match_bom_chunk(%s, %s, %s) as n", (*key, chunk))["n"] is not None:
            pass
        return self.bom(bom)

    def imported(self, lines: list[Json], **given: Any) -> Json:
        """A BOM whose import has ended."""
        bom = self.upload(**given)
        self.parse(bom, lines)
        return self.bom(bom)

    def bom(self, bom: Json) -> Json:
        """The row now."""
        return self.one("select * from public.boms where id = %s", (bom["id"],))

    def lines(self, bom: Json) -> list[Json]:
        """Its lines in order, with the matched part's number."""
        return self.all(
            "select l.*, p.mpn as part, c.mpn as component from public.bom_line_items as l"
            " left join public.catalogue_parts as p on p.id = l.catalogue_part_id"
            " left join public.components as c on c.id = l.component_id where l.bom_id = %s order by l.position",
            (bom["id"],),
        )

    def messages(self, queue: str, bom: Json) -> list[Json]:
        """Bodies of the messages about a BOM, the oldest first."""
        query = f"select message from pgmq.q_{queue} where message ->> 'id' = %s order by msg_id"  # noqa: S608
        return [row["message"] for row in self.all(query, (str(bom["id"]),))]

    def edit(self, statement: str, bom: Json) -> None:
        """What a client of PostgREST does to a BOM, whose id is the one parameter."""
        self.db.execute("set local role authenticated")
        self.db.execute(statement.encode(), (bom["id"],))
        self.db.execute("reset role")

    def count(self, table: str, condition: str = "true") -> int:
        """Rows of the organization in a table."""
        query = f"select count(*) as n from public.{table} where organization_id = %s and {condition}"  # noqa: S608
        return int(self.one(query, (self.made.organization_id,))["n"])

    def used(self, metric: str) -> int:
        """The usage counter of a metric."""
        query = "select current_count from private.usage_sums where organization_id = %s and metric = %s"
        row = self.db.execute(query, (self.made.organization_id, metric)).fetchone()
        return int(row["current_count"]) if row else 0

    def one(self, query: str, parameters: tuple[Any, ...]) -> Json:
        """The one row of a query."""
        row = self.db.execute(query.encode(), parameters).fetchone()
        assert row is not None
        return row

    def all(self, query: str, parameters: tuple[Any, ...]) -> list[Json]:
        """All rows of a query."""
        return self.db.execute(query.encode(), parameters).fetchall()


def slug_of(error: psycopg.Error) -> str:
    """The slug an error carries."""
    return str(error.diag.message_primary)

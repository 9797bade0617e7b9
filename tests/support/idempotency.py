"""Requests that create, each known by a marker, and how often what they create is there."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from ananta.settings import Plane
from tests.support.companies import Company
from tests.support.platform import Platform
from tests.support.tokens import platform_claims, tenant_member_claims
from tests.support.world import World, add_control_user, connect

ROWS = {"Prefer": "return=representation"}
MERGED = {"Prefer": "resolution=merge-duplicates,return=representation"}
OBJECT = ROWS | {"Accept": "application/vnd.pgrst.object+json"}
PART_KEY = "on_conflict=organization_id,normalized_mpn,normalized_manufacturer"
COMPONENTS = "select count(*) from public.components where mpn like %s"
PROJECTS = "select count(*) from public.projects where name like %s"
USERS = "select count(*) from public.users where email like %s"
BOMS = "select count(*) from public.boms where name like %s"
CONTACTS = "select count(*) from tenant_management.contacts where email::text like %s"
LEADS = "select count(*) from tenant_management.leads where company_name like %s"


@dataclass(frozen=True)
class Kind:
    """A request that creates, and how to count what it created by its marker."""

    name: str
    plane: Plane
    path: str
    body: Callable[[str], Any]
    counted: str
    status: int = 201
    rows: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    content: str = "json"
    weight: int = 4

    @property
    def is_rest(self) -> bool:
        """Whether PostgREST serves it."""
        return self.path.startswith("rest/")


def _lead_row(marker: str) -> dict[str, str]:
    return {"first_name": "A", "last_name": "B", "company_name": marker, "email": f"{marker}@leads.example"}


def _lead(marker: str) -> dict[str, str]:
    return {"firstName": "Ada", "lastName": "L", "companyName": marker, "email": f"ada@{marker.lower()}.example"}


KINDS = [
    Kind("component", Plane.APP, "rest/v1/components", lambda m: {"mpn": m}, COMPONENTS),
    Kind(
        "components, rows wanted",
        Plane.APP,
        "rest/v1/components?select=id,part:mpn",
        lambda m: [{"mpn": f"{m}-{n}"} for n in range(3)],
        COMPONENTS,
        rows=3,
        headers=ROWS,
    ),
    Kind(
        "upserted component",
        Plane.APP,
        f"rest/v1/components?{PART_KEY}",
        lambda m: [{"mpn": m}],
        COMPONENTS,
        headers=MERGED,
    ),
    Kind(
        "component, as CSV",
        Plane.APP,
        "rest/v1/components",
        lambda m: {"mpn": m},
        COMPONENTS,
        headers=ROWS | {"Accept": "text/csv"},
    ),
    Kind("project, as object", Plane.APP, "rest/v1/projects", lambda m: {"name": m}, PROJECTS, headers=OBJECT),
    Kind("member", Plane.APP, "rest/v1/users", lambda m: {"email": f"{m}@members.example"}, USERS, headers=ROWS),
    Kind("operator's lead", Plane.CONTROL, "rest/v1/leads", _lead_row, LEADS, headers=ROWS, weight=8),
    Kind("operator's lead, no rows wanted", Plane.CONTROL, "rest/v1/leads", _lead_row, LEADS, weight=8),
    Kind(
        "contact",
        Plane.CONTROL,
        "rest/v1/contacts?select=*",
        lambda m: {"email": f"{m}@contacts.example", "first_name": "A", "last_name": "B"},
        CONTACTS,
        headers=OBJECT,
    ),
    Kind("upload", Plane.APP, "boms", lambda m: {"name": m}, BOMS, status=202, content="upload", weight=2),
    Kind("lead", Plane.CONTROL, "leads", _lead, LEADS, status=202, weight=1),
]


class Creator:
    """An owner in both planes who creates things under keys."""

    def __init__(self, world: World, platform: Platform, tenant_id: str) -> None:
        self._world, self._platform = world, platform
        self._company = Company(world)
        self._company.query(
            "insert into public.organization_features (organization_id, feature, is_enabled)"
            " values (%s, 'bulk_export', true)"
            " on conflict on constraint organization_features_pkey do update set is_enabled = true",
            (self._company.id,),
        )
        user_id = add_control_user(platform, "creator")
        platform.query(
            Plane.CONTROL,
            "insert into tenant_management.user_tenants (user_id, tenant_id, role) values (%s, %s, 'owner')",
            (user_id, tenant_id),
        )
        self._user_id, self._tenant_id = user_id, tenant_id
        self._operator_id = add_control_user(platform, "operator", is_platform_admin=True)
        self.sign_in()

    def sign_in(self) -> None:
        """New tokens: they last four minutes."""
        claims = tenant_member_claims(self._platform.query, self._user_id, self._tenant_id)
        self._tokens = {
            Plane.CONTROL: f"Bearer {self._world.key(Plane.CONTROL).sign(claims)}",
            Plane.APP: self._company.sign_in()["Authorization"],
        }
        operator = platform_claims(Plane.CONTROL, sub=self._operator_id, role="platform_admin")
        self._operator = self._world.key(Plane.CONTROL).sign(operator)

    async def send(self, http: httpx.AsyncClient, kind: Kind, key: str | None, marker: str) -> httpx.Response:
        """The request, once."""
        headers = kind.headers | ({"Idempotency-Key": key} if key is not None else {})
        if kind.name.startswith("operator"):
            headers["Authorization"] = f"Bearer {self._operator}"
        elif kind.name != "lead":
            headers["Authorization"] = self._tokens[kind.plane]
        body: dict[str, Any] = {"json": kind.body(marker)}
        if kind.content == "upload":
            body = {"data": kind.body(marker), "files": {"file": ("board.csv", f"Reference,MPN\nR1,{marker}\n")}}
        return await http.post(f"/api/{kind.plane}/{kind.path}", headers=headers, **body)

    def miscounted(self, wanted: "Counter[tuple[str, str]]") -> dict[tuple[str, str], int]:
        """Of what should be there so often, by kind and marker, that which is not: how often it is."""
        kinds, found = {kind.name: kind for kind in KINDS}, {}
        with connect(self._platform, Plane.APP) as app, connect(self._platform, Plane.CONTROL) as control:
            for name, marker in wanted:
                db = app if kinds[name].plane is Plane.APP else control
                row = db.execute(kinds[name].counted.encode(), (f"{marker}%",)).fetchone()
                found[name, marker] = int(row["count"]) if row else 0
        return {which: count for which, count in found.items() if count != wanted[which]}


def same(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether two answers are the same to a client."""
    told = ("content-type", "location", "content-range", "preference-applied")
    return (one.status_code, one.content, [one.headers.get(name) for name in told]) == (
        other.status_code,
        other.content,
        [other.headers.get(name) for name in told],
    )


def slug(answer: httpx.Response) -> str | None:
    """The slug of an error."""
    return str(answer.json()["message"]) if answer.is_error else None

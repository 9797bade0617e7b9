"""``bin/ananta demo``: the main job, from a company's signup to a matched BOM, each step shown as it happens."""

import asyncio
import csv
import secrets
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ananta.demo import DEFAULT_BOM
from ananta.demo.client import (
    LoginFailedError,
    Person,
    Session,
    Signup,
    StepFailedError,
    choose_password,
    expect,
    mail,
)
from ananta.embedded.running import running_stack

SHOWN_LINES = 40
app = typer.Typer(add_completion=False)


@app.command()
def demo(
    bom: Annotated[Path, typer.Option(help="The BOM file to import.", exists=True, dir_okay=False)] = DEFAULT_BOM,
    url: Annotated[str | None, typer.Option(help="The gateway; by default the platform of this checkout.")] = None,
) -> None:
    """Walk the main job through public interfaces only; exit code 1 if any step fails."""
    console = Console(width=max(Console().width, 150))
    try:
        asyncio.run(Walk(console, url or running_stack().public_url).run(bom))
    except (StepFailedError, LoginFailedError, httpx.HTTPError) as error:
        console.print(f"\n[bold red]failed[/] {type(error).__name__}: {error}", highlight=False)
        raise typer.Exit(1) from None


class Walk:
    """The steps, with what a person should see of each."""

    def __init__(self, console: Console, url: str) -> None:
        self._console = console
        self._url = url
        self._suffix = secrets.token_hex(3)
        self._step = 0

    async def run(self, bom: Path) -> None:
        """All steps, in order."""
        async with httpx.AsyncClient(base_url=self._url, timeout=30) as http:
            owner = await self._sign_up(http, "Acme Robotics", "acme", "plan-basic")
            imported = await self._import(owner, bom)
            await self._show_usage(owner)
            await self._viewer_may_not_write(http, owner, bom)
            other = await self._sign_up(http, "Globex Instruments", "globex", "plan-free")
            await self._over_quota_is_refused_whole(other)
            await self._sees_none_of_it(other, imported)
        self._console.print("\n[bold green]done[/] every step came out as it must")

    def _title(self, text: str) -> None:
        self._step += 1
        self._console.print(f"\n[bold]{self._step}. {text}[/]", highlight=False)

    def _say(self, text: str) -> None:
        self._console.print(f"   {text}", highlight=False, markup=False)

    async def _sign_up(self, http: httpx.AsyncClient, company: str, word: str, plan_id: str) -> Session:
        key = f"{word}-{self._suffix}"
        signup = Signup(http, Person("Ada", "Lovelace", f"ada@{key}.example"), company)
        self._title(f"{company} signs up")
        self._say(f"POST /api/control/leads: {(await signup.register())['message']}")
        letter = (await mail(http, signup.person.email, "verify"))[0]
        self._say(f"mail to {signup.person.email}: {letter['subject']}")
        await signup.verify(letter["links"][0])
        self._say("the token of its link is posted: the lead is verified and has a lead token")
        free = expect(await http.get(f"/api/control/tenant-keys/{key}"), 200)
        self._say(f"tenant key {key}: {'available' if free['available'] else free['reason']}")
        self._title(f"{company} becomes a tenant on {plan_id}")
        await signup.create_tenant(key, plan_id)
        tenant = await self._watch_provisioning(signup)
        self._say(f"portal: {tenant['portalUrl']}")
        return await self._first_login(http, signup.person.email, key)

    async def _watch_provisioning(self, signup: Signup) -> dict[str, Any]:
        shown: set[str] = set()
        tenant: dict[str, Any] = {}
        async for tenant in signup.progress():
            for step in tenant["steps"]:
                if step["status"] == "completed" and step["name"] not in shown:
                    shown.add(step["name"])
                    self._say(f"{step['name']:<18} {_seconds(step):6.2f} s   try {step['attempt']}")
        if tenant["status"] != "active":
            raise StepFailedError(f"provisioning ended as {tenant['status']}: {tenant['reason']}")
        self._say(f"tenant {tenant['key']} is active")
        return tenant

    async def _first_login(self, http: httpx.AsyncClient, email: str, key: str) -> Session:
        welcome = (await mail(http, email, "is ready"))[0]
        self._say(f"mail: {welcome['subject']}")
        realm = f"tenant-{key}"
        letters = [m for m in await mail(http, email, "password", count=2) if f"/realms/{realm}/" in m["links"][0]]
        password = await choose_password(http, letters[0])
        session = Session(http, realm, email, password)
        me = (await session.rows("users", email=f"eq.{email}"))[0]
        self._say(f"signed in at {realm} (authorization code + PKCE), token exchanged: {me['role']} {me['email']}")
        return session

    async def _import(self, owner: Session, path: Path) -> dict[str, Any]:
        self._title(f"{path.name} is uploaded")
        bom = await self._upload(owner, path)
        if bom["status"] != "ready":
            raise StepFailedError(f"the import failed: {bom['error']}")
        lines = await owner.rows(
            "bom_line_items",
            bom_id=f"eq.{bom['id']}",
            order="position",
            limit=str(SHOWN_LINES),
            select="*,catalogue_parts(mpn,lifecycle,manufacturers(name))",
        )
        self._console.print(_line_table(lines, bom["line_count"]))
        self._say(f"{bom['matched_line_count']} of {bom['line_count']} lines matched, {bom['warning_count']} warnings")
        return bom

    async def _upload(self, session: Session, path: Path) -> dict[str, Any]:
        bom = await session.upload(path, None, **{"Idempotency-Key": f"demo-{secrets.token_hex(8)}"})
        self._say(f"{bom['status']:<9}")
        async for change in session.watch(bom["id"]):
            self._say(f"{change['status']:<9} {change['processed_line_count']:>5} of {change['line_count']} lines")
            bom = change
        return bom

    async def _show_usage(self, session: Session) -> None:
        self._title("Usage against limits")
        summary = expect(await session.call("GET", "/api/app/summary/dashboard"), 200)
        usage, limits = summary["usage"], summary["limits"]
        for name, used, limit in (
            ("users", str(usage["users"]), limits["users"]),
            ("components", str(usage["components"]), limits["components"]),
            ("storage", f"{usage['storage_bytes'] / 1e6:.2f} MB", limits["storage_gb"]),
        ):
            unit = " GB" if name == "storage" else ""
            self._say(f"{name:<11} {used:>6} of {'unlimited' if limit is None else f'{limit}{unit}'}")
        self._say(f"open alerts {summary['open_alerts']:>6}")

    async def _viewer_may_not_write(self, http: httpx.AsyncClient, owner: Session, path: Path) -> None:
        self._title("A viewer may look, and may not write")
        email = f"viewer@{owner.realm.removeprefix('tenant-')}.example"
        body = {"email": email, "first_name": "Vera", "last_name": "View", "role": "viewer"}
        response = await owner.call("POST", "/api/app/rest/v1/users", json=body)
        if response.status_code != 201:
            raise StepFailedError(f"the owner could not add a viewer: {response.text}")
        letter = (await mail(http, email, "password"))[0]
        viewer = Session(http, owner.realm, email, await choose_password(http, letter))
        self._say(f"{email} sees {len(await viewer.rows('boms'))} BOM")
        content = await asyncio.to_thread(path.read_bytes)
        refused = await viewer.call("POST", "/api/app/boms", files={"file": (path.name, content)})
        problem = expect(refused, 403)
        self._say(f"upload: {refused.status_code} {problem['message']}")
        refused = await viewer.call("POST", "/api/app/rest/v1/components", json={"mpn": "LM358"})
        expect(refused, 403)
        self._say(f"insert a component: {refused.status_code} {refused.json()['message']}")

    async def _over_quota_is_refused_whole(self, other: Session) -> None:
        self._title("An import over the limit is refused whole")
        parts = await other.rows("catalogue_parts", select="mpn,manufacturers(name)", limit="150", order="mpn")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "too-many-parts.csv"
            _write_bom(path, parts)
            bom = await self._upload(other, path)
        counted, lines = await other.rows("components"), await other.rows("bom_line_items", bom_id=f"eq.{bom['id']}")
        if bom["status"] != "failed" or bom["error"]["code"] != "quota_exceeded" or counted or lines:
            raise StepFailedError(
                f"it was not refused whole: {bom['status']}, {len(counted)} components, {len(lines)} lines"
            )
        self._say(f"{bom['error']['code']}: {bom['error']['details']}")
        self._say(
            "nothing of it was imported: 0 components, 0 lines; the file stays and can be resumed after an upgrade"
        )

    async def _sees_none_of_it(self, other: Session, bom: dict[str, Any]) -> None:
        self._title("The second tenant sees nothing of the first")
        for table, column in (("boms", "id"), ("bom_line_items", "bom_id"), ("organizations", "id")):
            value = bom["organization_id"] if table == "organizations" else bom["id"]
            rows = await other.rows(table, **{column: f"eq.{value}"})
            if rows:
                raise StepFailedError(f"{len(rows)} rows of {table} are visible to another tenant")
            self._say(f"{table:<15} 0 rows")
        expect(await other.call("GET", f"/api/app/boms/{bom['id']}/file"), 404)
        self._say("the file         404")


def _seconds(step: dict[str, Any]) -> float:
    start, end = (datetime.fromisoformat(step[name]) for name in ("startedAt", "finishedAt"))
    return (end - start).total_seconds()


def _line_table(lines: list[dict[str, Any]], total: int) -> Table:
    table = Table(title=f"{len(lines)} of {total} lines", title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("row", "written", "understood", "qty", "match", "method", "confidence"):
        table.add_column(name, no_wrap=True)
    for line in lines:
        part = line["catalogue_parts"]
        maker = ((part or {}).get("manufacturers") or {}).get("name", "")
        understood = " ".join(filter(None, (line["mpn"] or line["value"], line["manufacturer"])))
        table.add_row(
            str(line["row_number"]),
            " | ".join(cell for cell in line["raw"].values() if cell)[:48],
            f"{understood}{' (DNP)' if line['is_dnp'] else ''}",
            "" if line["quantity"] is None else f"{line['quantity']:g}",
            f"{part['mpn']} {maker} ({line['match_status']})" if part else line["match_status"],
            line["match_method"] or "",
            "" if line["match_confidence"] is None else f"{line['match_confidence']:.2f}",
        )
    return table


def _write_bom(path: Path, parts: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Reference", "Quantity", "Manufacturer", "MPN"])
        rows.writerows(
            [f"U{number}", 1, (part["manufacturers"] or {}).get("name", ""), part["mpn"]]
            for number, part in enumerate(parts, 1)
        )

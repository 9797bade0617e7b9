"""A tenant of a platform to break, that imports a large BOM."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ananta.demo.client import Session, choose_password, mail
from tests.support.faults import FaultyPlatform, Run, write_bom

LINES = 5000


@dataclass
class Importer:
    """A tenant, its owner's password, and a BOM of 5,000 lines."""

    run: Run
    password: str
    bom: Path
    organization_id: str


async def sign_up(faulty: FaultyPlatform, folder: Path) -> Importer:
    """A new tenant, and its BOM in a folder."""
    async with faulty.client() as http:
        tenant = await faulty.ask_for_tenant(http, "importer")
        await faulty.until(tenant, "completed")
        letters = await mail(http, tenant.email, "password", count=2)
        link = next(letter for letter in letters if f"/realms/tenant-{tenant.key}/" in letter["links"][0])
        password = await choose_password(http, link)
        session = Session(http, f"tenant-{tenant.key}", tenant.email, password)
        organization_id = (await session.rows("organizations"))[0]["id"]
        return Importer(tenant, password, write_bom(folder / "large.csv", LINES), organization_id)


@asynccontextmanager
async def signed_in(faulty: FaultyPlatform, importer: Importer) -> AsyncIterator[Session]:
    """The owner, with a token before anything is killed."""
    async with faulty.client() as http:
        session = Session(http, f"tenant-{importer.run.key}", importer.run.email, importer.password)
        await session.rows("organizations")
        yield session


def assert_complete(bom: dict[str, Any], lines: int = LINES) -> None:
    """Ready, every line once, the counter exact."""
    assert (bom["status"], bom["error"]) == ("ready", None)
    figures = {name: bom[name] for name in ("line_count", "processed_line_count", "lines", "positions", "pending")}
    assert figures == {
        "line_count": lines,
        "processed_line_count": lines,
        "lines": lines,
        "positions": lines,
        "pending": 0,
    }
    assert bom["counted"] == bom["components"] >= lines

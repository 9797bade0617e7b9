"""Organizations made in SQL on a running platform, and calls of their members, without any sign-in."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from ananta.settings import Plane
from tests.support.http_client import HTTP
from tests.support.tokens import member_claims
from tests.support.world import Members, World, add_organization, connect


class Company:
    """An organization with its limits, its owner's calls, and its folder in the file store."""

    def __init__(self, world: World, *, max_storage_gb: int | None = None) -> None:
        with connect(world.platform, Plane.APP) as db:
            self.made: Members = add_organization(db, max_users=None, max_components=None)
        self._world = world
        self.id = self.made.organization_id
        self.limit(max_storage_gb)
        self.headers = self.sign_in()

    def sign_in(self) -> dict[str, str]:
        """The owner's headers, with a new token."""
        claims = member_claims(self._world.platform.query, self.made.owner_id)
        self.headers = {"Authorization": f"Bearer {self._world.key(Plane.APP).sign(claims)}"}
        return self.headers

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self._world.platform.state_dir / "files" / self.id

    def files(self) -> list[str]:
        """Everything in its folder, temporary or not."""
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []

    def limit(self, gigabytes: int | None) -> None:
        """Change the storage limit."""
        self.query("update public.organizations set max_storage_gb = %s where id = %s", (gigabytes, self.id))

    def query(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Run something as the superuser."""
        return self._world.platform.query(Plane.APP, statement, parameters)

    def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """One request of the owner at the gateway, below ``/api/app``."""
        headers = self.headers | arguments.pop("headers", {})
        return HTTP.request(method, f"{self._world.platform.url}/api/app/{path}", headers=headers, **arguments)

    def upload(self, content: bytes, name: str = "board.csv", **form: str) -> httpx.Response:
        """Upload a BOM; ``key`` is its Idempotency-Key."""
        headers = {"Idempotency-Key": form.pop("key")} if "key" in form else {}
        return self.call("POST", "boms", files={"file": (name, content)}, data=form, headers=headers)

    def stored_bytes(self) -> int:
        """What the counter says."""
        query = "select current_count from private.usage_sums where organization_id = %s and metric = 'storage_bytes'"
        return int(next((row["current_count"] for row in self.query(query, (self.id,))), 0))


def eventually(is_so: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.1)
    return False

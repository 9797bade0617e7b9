"""Probes of a plane as a whole by one caller: what it says of itself, and the schemas that it does not serve."""

from tests.support.canaries import Side
from tests.support.matrix import Asking, Caller, Matrix

HIDDEN_SCHEMAS = ("private", "pgmq", "auth", "extensions", "pg_catalog", "information_schema")


class PlaneProbe(Asking):
    """Probes of the plane's own address."""

    def __init__(self, matrix: Matrix, caller: Caller, own: Side, other: Side) -> None:
        super().__init__(matrix, "plane", matrix.base, caller, own, other)

    async def run(self) -> None:
        """Its description names nothing undeclared, and no other schema is reached by header or by name."""
        await self._described()
        rules = self.matrix.rules
        for schema in HIDDEN_SCHEMAS:
            self.path = f"{self.matrix.base}/{rules.root}"
            await self.ask("GET", "profile", refused=True, headers={"Accept-Profile": schema})
            await self.ask("POST", "profile", refused=True, json={}, headers={"Content-Profile": schema})
            self.path = f"{self.matrix.base}/{schema}.{rules.root}"
            await self.ask("GET", "qualified name", refused=True)
        for helper in sorted({name for names in rules.helpers.values() for name in names}):
            self.path = f"{self.matrix.base}/rpc/{helper.partition('(')[0]}"
            await self.ask("POST", "helper", refused=True, json={})
        self.matrix.covered.add(("plane", "description"))

    async def _described(self) -> None:
        self.path = f"{self.matrix.base}/"
        rules = self.matrix.rules
        response = await self.ask("GET", "description")
        known = {f"/{name}" for name in rules.tables} | {f"/rpc/{name.partition('(')[0]}" for name in rules.functions}
        described = set(response.json().get("paths", {})) if response.status_code == 200 else set()
        if described - known - {"/"}:
            self.fail("description", response, f"names {sorted(described - known)}")
        public = {f"/{name}" for name in rules.anonymous_tables}
        public |= {f"/rpc/{name.partition('(')[0]}" for name in rules.anonymous_functions}
        if self.caller.role == "anonymous" and described - {"/"} - public:
            self.fail("description", response, f"tells the public of {sorted(described)}")

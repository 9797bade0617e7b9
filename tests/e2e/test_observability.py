"""What is seen of a running platform: traces, metrics and logs that are joined, and no secret in any of them (R15)."""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from ananta.demo import DEFAULT_BOM
from ananta.embedded import credentials
from ananta.settings import Plane
from tests.support.collector import Span
from tests.support.platform import Platform, Tenant, run

TRACE, INVITATION, REST = (secrets.token_hex(16) for _ in range(3))
CALLERS_SPAN = "00f067aa0ba902b7"
CORRELATION = f"observed-{secrets.token_hex(8)}"
API_KEY = f"canary-key-{secrets.token_hex(8)}"
PASSWORD = f"canary-password-{secrets.token_hex(8)}"
STRANGER = f"canary-{secrets.token_hex(6)}@stranger.example"
SECRETS = re.compile(r'eyJ[\w-]+\.[\w-]+\.[\w-]+|(?:token=|key=|code=|"\w*[tT]oken":")([\w.-]{20,})')
SECRET_FIELDS = re.compile(r"code|code_verifier|csrf|password|password-(?:new|confirm)|(?:subject|refresh)_token")
ENDPOINTS = ("gateway", "edge_control", "edge_app", "worker")
# Where people may be named: the record of who changed what. Secrets may be nowhere.
RECORDS = {Plane.CONTROL: ["tenant_management.activity_log"], Plane.APP: ["public.audit_logs"]}
BODIES = {
    Plane.CONTROL: ["private.dead_letters", "tenant_management.workflows", "tenant_management.workflow_steps"],
    Plane.APP: ["private.dead_letters"],
}


@dataclass
class Observed:
    """A platform on which the main job was done, well and badly."""

    platform: Platform
    secrets: set[str] = field(default_factory=set)
    mails: set[str] = field(default_factory=lambda: {STRANGER})
    errors: list[str] = field(default_factory=list)
    tenant: Tenant | None = None

    def client(self) -> httpx.AsyncClient:
        """A client that notes each secret it sends or gets, and each error."""
        http = self.platform.client()
        http.headers["traceparent"] = f"00-{REST}-{CALLERS_SPAN}-01"
        http.event_hooks = {"request": [self._sent], "response": [self._got]}
        return http

    async def _sent(self, request: httpx.Request) -> None:
        self.secrets.add(request.headers.get("authorization", "").removeprefix("Bearer "))
        if request.headers.get("content-type") == "application/x-www-form-urlencoded":
            form = parse_qsl((await request.aread()).decode())
            self.secrets.update(value for name, value in form if SECRET_FIELDS.fullmatch(name))

    async def _got(self, response: httpx.Response) -> None:
        text = (await response.aread()).decode("utf-8", "replace")
        self.secrets.update(found[1] or found[0] for found in SECRETS.finditer(text))
        if response.is_error:
            self.errors.append(text)

    def logs(self) -> dict[str, str]:
        """Every log file by its name."""
        files = [*(self.platform.state_dir / "logs").iterdir(), self.platform.state_dir / "up.log"]
        return {path.name: path.read_text(errors="replace") for path in files}

    def rows(self, tables: dict[Plane, list[str]]) -> dict[str, str]:
        """Tables as text."""
        return {f"{plane} {table}": self._text(plane, table) for plane, names in tables.items() for table in names}

    def _text(self, plane: Plane, table: str) -> str:
        rows = self.platform.query(plane, f"select to_jsonb(t)::text as row from {table} as t")  # noqa: S608
        return "\n".join(row["row"] for row in rows)

    def queues(self) -> dict[Plane, list[str]]:
        """Messages that wait, and those that have been."""
        query = "select 'pgmq.' || tablename as name from pg_tables where schemaname = 'pgmq' and tablename ~ '^[qa]_'"
        return {plane: [row["name"] for row in self.platform.query(plane, query)] for plane in Plane}

    def commands(self) -> str:
        """What `ps` shows of the processes of this platform."""
        shown = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it has ended meanwhile
                shown.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        return "\n".join(shown)


@pytest.fixture(scope="module")
def observed(platform: Platform) -> Observed:
    found = Observed(platform)
    run(use(found))
    return found


async def use(found: Observed) -> None:
    """The main job, then calls that are refused, each with something planted."""
    found.secrets |= set(credentials.stored(found.platform.state_dir).values()) | {API_KEY, PASSWORD}
    for key in (found.platform.state_dir / "keys").glob("*.pem"):
        found.secrets.update(key.read_text().splitlines()[1:-1])
    async with found.client() as http:
        tenant = found.tenant = await found.platform.sign_up(http, "observed")
        found.secrets.add(tenant.owner.password)
        found.mails.add(tenant.owner.email)
        upload = {"X-Correlation-Id": CORRELATION, "traceparent": f"00-{TRACE}-{CALLERS_SPAN}-01"}
        bom = await tenant.owner.upload(DEFAULT_BOM, **upload)
        async for _ in tenant.owner.watch(bom["id"]):
            pass
        await _invite(found, tenant)
        await _be_refused(found, tenant, http)


async def _invite(found: Observed, tenant: Tenant) -> None:
    """A row through PostgREST whose message makes an account."""
    headers = {"traceparent": f"00-{INVITATION}-{CALLERS_SPAN}-01", "X-Correlation-Id": CORRELATION}
    body = {"email": f"grace@{tenant.key}.example", "role": "viewer"}
    found.mails.add(body["email"])
    for status in (201, 409):
        answer = await tenant.owner.call("POST", "/api/app/rest/v1/users", json=body, headers=headers)
        assert answer.status_code == status, answer.text


async def _be_refused(found: Observed, tenant: Tenant, http: httpx.AsyncClient) -> None:
    rest, forged = "/api/app/rest/v1", f"{tenant.owner.token[:-20]}{'A' * 20}"
    for path in (
        f"{rest}/users?id=eq.{STRANGER}",
        f"{rest}/users?nothing=eq.{STRANGER}",
        f"{rest}/users?email=eq.{STRANGER}&password=eq.{PASSWORD}",
        f"{rest}/rpc/none?token={PASSWORD}",
        f"/api/app/nothing?token={tenant.owner.token}",
        f"/api/app/boms/{tenant.key}/file?access_token={PASSWORD}",
    ):
        assert (await tenant.owner.call("GET", path)).is_client_error
    sent = {
        "content": f'{{"email": "{STRANGER}", "password": "{PASSWORD}"',
        "headers": {"content-type": "application/json"},
    }
    for path in (f"{rest}/users", "/api/control/leads", "/api/control/leads/verify"):
        assert (await tenant.owner.call("POST", path, **sent)).is_client_error
    for headers in ({"Authorization": f"Bearer {forged}"}, {"Authorization": f"Basic {PASSWORD}"}):
        assert (await http.get(f"{rest}/boms", headers=headers)).status_code == 401
    await http.get(f"{rest}/boms", headers={"apikey": API_KEY, "Cookie": PASSWORD})
    body = {"firstName": "A", "lastName": "B", "companyName": "C", "email": STRANGER, "password": PASSWORD}
    assert (await http.post("/api/control/leads", json=body)).status_code == 422
    form = {"grant_type": "password", "username": STRANGER, "password": PASSWORD, "client_id": "ananta-portal"}
    token = f"/auth/realms/tenant-{tenant.key}/protocol/openid-connect/token"
    assert (await http.post(token, data=form)).is_client_error
    for subject in (PASSWORD, f"eyJhbGciOiJub25lIn0.{PASSWORD}.x"):
        grant = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token": subject}
        assert (await http.post("/api/app/auth/exchange", data=grant)).is_client_error


def test_secrets_that_are_sent_or_got_are_noted(observed: Observed) -> None:
    noted = Observed(observed.platform)
    form = {"subject_token": "sent-in-a-form", "client_id": "no secret"}
    run(noted._sent(httpx.Request("POST", "http://gateway/", data=form, headers={"authorization": "Bearer sent"})))
    said = {"access_token": "eyJh.eyJi.c", "refresh_token": "r" * 20, "links": [f"http://gateway/?key={'k' * 20}"]}
    run(noted._got(httpx.Response(200, json=said)))
    assert noted.secrets == {"sent", "sent-in-a-form", "eyJh.eyJi.c", "r" * 20, "k" * 20}


def test_a_process_that_has_ended_hides_no_other(observed: Observed, monkeypatch: pytest.MonkeyPatch) -> None:
    read, gone = Path.read_bytes, iter([True])

    def read_bytes(path: Path) -> bytes:
        if next(gone, False):
            raise ProcessLookupError
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert "pytest" in observed.commands()


def until(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_true() and time.monotonic() < end:
        time.sleep(0.1)
    assert is_true()


def ancestors(spans: dict[str, Span], span: Span) -> Iterator[Span]:
    while span.parent_id in spans:
        span = spans[span.parent_id]
        yield span


def test_an_upload_is_one_trace_from_the_caller_to_the_worker(observed: Observed) -> None:
    def spans() -> dict[str, Span]:
        return observed.platform.collector.spans(TRACE)

    until(lambda: any(span.name == "bom_suggestions bom.completed" for span in spans().values()))
    found = spans()
    importing = next(span for span in found.values() if span.name == "bom_imports bom.uploaded")
    names = [(span.service, span.name) for span in (importing, *ancestors(found, importing))]
    assert names == [
        ("ananta-worker", "bom_imports bom.uploaded"),
        ("ananta-edge-app", "transaction"),
        ("ananta-edge-app", "POST /api/boms"),
        ("ananta-gateway", "POST /api/app"),
        ("ananta-gateway", "POST /api/app"),
    ]
    assert {span.parent_id for span in found.values()} - found.keys() == {CALLERS_SPAN}
    working = [span for span in found.values() if importing in ancestors(found, span)]
    assert {span.name for span in working} >= {"transaction", "bom_suggestions bom.completed"}


def test_a_row_through_postgrest_and_its_message_are_one_trace(observed: Observed) -> None:
    def named(name: str) -> list[Span]:
        return [span for span in observed.platform.collector.spans(INVITATION).values() if span.name == name]

    until(lambda: bool(named("identities user.created")))
    (worker,) = named("identities user.created")
    found = observed.platform.collector.spans(INVITATION)
    assert [span.service for span in ancestors(found, worker)] == ["ananta-gateway", "ananta-gateway"]
    assert len(named("POST /api/app/rest/v1")) == 4  # two calls, each with the server's span and the client's


def test_lines_of_every_process_are_joined_by_the_correlation_id(observed: Observed) -> None:
    assert observed.tenant
    until(lambda: CORRELATION in observed.logs()["worker.log"])
    statement = f"do $$ begin perform private.name_session('{CORRELATION}', ''); raise log 'a line'; end $$"
    observed.platform.query(Plane.APP, statement)
    logs = observed.logs()
    for name in ("gateway.log", "edge-app.log", "worker.log", "postgres.log"):
        assert CORRELATION in logs[name], name
    for name in ("gateway.log", "edge-app.log"):
        line = next(line for line in logs[name].splitlines() if CORRELATION in line and '"request"' in line)
        assert observed.tenant.organization_id in line
        assert TRACE in line
    line = next(line for line in logs["worker.log"].splitlines() if CORRELATION in line and '"message"' in line)
    assert '"event_id"' in line
    assert observed.tenant.organization_id in line
    for name in ("gateway.log", "edge-app.log", "edge-control.log"):
        lines = [line for line in logs[name].splitlines() if '"request"' in line]
        assert lines
        assert all('"correlation_id"' in line for line in lines), name
    assert not [name for name, text in logs.items() if "unknown_setting" in text]
    for plane in Plane:  # nothing of single calls, which the gateway has
        assert "HTTP/1" not in logs[f"postgrest-{plane}.log"]


def test_nothing_planted_is_in_what_is_written_down(observed: Observed) -> None:
    until(lambda: any(span.service == "ananta-worker" for span in observed.platform.collector.spans(TRACE).values()))
    canaries = {secret for secret in observed.secrets if len(secret) >= 12}
    assert len(canaries) > 60, "tokens, passwords and keys were noted"
    traces = b"\n".join(observed.platform.collector.bodies).decode("utf-8", "replace")
    messages = observed.rows(observed.queues()) | observed.rows(BODIES)
    everywhere = observed.logs() | messages | {"traces": traces, "ps": observed.commands()}
    for place in ("gateway.log", "worker.log", "app pgmq.a_bom_imports", "traces"):
        assert CORRELATION in everywhere[place], f"{place}: the search would find nothing"
    assert "postgres" in everywhere["ps"]
    assert observed.tenant
    assert observed.tenant.tenant_id in everywhere["control tenant_management.workflows"]
    records = observed.rows(RECORDS)
    assert all(records.values())
    for place, text in everywhere.items():
        hits = [canary for canary in canaries | observed.mails if canary in text]
        assert hits == [], place
    for place, text in records.items():
        assert [canary for canary in canaries if canary in text] == [], place
    assert observed.errors
    for text in observed.errors:
        own = {STRANGER, f"grace@{observed.tenant.key}.example"}  # a refusal may quote its own request
        assert [canary for canary in canaries | (observed.mails - own) if canary in text] == [], text


def scrape(observed: Observed, name: str) -> dict[str, list[Any]]:
    """Samples by metric."""
    url = f"http://127.0.0.1:{observed.platform.ports[f'{name}_metrics']}/metrics"
    families = text_string_to_metric_families(httpx.get(url).text)
    return {family.name: family.samples for family in families}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_metrics_have_units_and_few_labels(observed: Observed, name: str) -> None:
    found = scrape(observed, name)
    ours = {metric: samples for metric, samples in found.items() if metric.startswith("ananta_")}
    assert ours
    assert "process_resident_memory_bytes" in found
    assert observed.tenant
    hidden = {observed.tenant.organization_id, observed.tenant.tenant_id, observed.tenant.key}
    for metric, samples in ours.items():
        assert re.fullmatch(r"ananta(_[a-z]+)+", metric)
        assert len(samples) < 5000
        for sample in samples:
            assert sample.labels.keys() <= {
                "route",
                "status",
                "slug",
                "plane",
                "queue",
                "outcome",
                "role",
                "state",
                "le",
            }
            assert not hidden & set("/".join(sample.labels.values()).split("/"))


def value(found: dict[str, list[Any]], metric: str, sample: str = "", **labels: str) -> float:
    matching = [s.value for s in found[metric] if s.name == (sample or metric) and labels.items() <= s.labels.items()]
    assert matching, (metric, labels)
    return float(sum(matching))


def test_metrics_tell_what_was_done(observed: Observed) -> None:
    gateway, edge, worker = (scrape(observed, name) for name in ("gateway", "edge_app", "worker"))
    seconds = "ananta_http_request_duration_seconds"
    assert value(gateway, seconds, f"{seconds}_count", route="/api/app", status="202") >= 1
    assert value(gateway, seconds, f"{seconds}_count", route="/api/app/rest/v1", status="200") >= 1
    assert value(gateway, "ananta_http_refusals", "ananta_http_refusals_total", slug="invalid_authorization") >= 1
    assert value(edge, seconds, f"{seconds}_count", route="/api/boms", status="202") >= 1
    assert value(edge, "ananta_pool_connections", role="app_edge") >= 1
    messages = "ananta_worker_messages_total"
    assert value(worker, "ananta_worker_messages", messages, plane="app", queue="bom_imports", outcome="finished") >= 1
    for name, plane in (("edge_app", "app"), ("edge_control", "control")):
        found = scrape(observed, name)
        assert value(found, "ananta_database_up", plane=plane) == 1
        assert value(found, "ananta_database_size_bytes") > 1_000_000
        assert value(found, "ananta_database_connections", role=f"{plane}_edge") >= 1
        assert value(found, "ananta_queue_dead_letters", plane=plane, queue="webhooks") >= 0


@pytest.mark.parametrize("path", ["/metrics", "/api/app/metrics", "/api/control/metrics", "/api/app/summary/metrics"])
def test_metrics_are_not_for_callers(observed: Observed, path: str) -> None:
    answer = httpx.get(observed.platform.url + path)
    assert answer.status_code == 404
    assert "ananta_" not in answer.text

"""The embedded stack put together: which processes there are, what each is told, in which order they start."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from ananta.embedded import credentials, disk, ports, private, probes, processes, run_state, token_keys
from ananta.embedded.binaries import postgrest_binary
from ananta.embedded.errors import EmbeddedError
from ananta.embedded.postgres import PASSWORD_NAME, EmbeddedPostgres
from ananta.embedded.postgrest import PostgrestServer, write_config
from ananta.embedded.supervisor import Service, Step, Supervisor
from ananta.settings import ROOT, Environment, Plane, Process, Settings
from ananta.settings_loading import load

LOGIN_ROLES = (
    "control_authenticator",
    "app_authenticator",
    "control_edge",
    "app_edge",
    "control_worker",
    "app_worker",
    "ananta_migrator",
)
DATABASES = {Plane.CONTROL: "arc_saas", Plane.APP: "supabase"}
if TYPE_CHECKING:
    from ananta.demo.client import Person

_SECRETS = (PASSWORD_NAME, *LOGIN_ROLES, "webhook_secret", "gateway_webhook_secret", "identity_admin_secret")
_READY = {
    "postgrest-control": (("control_rest_admin",), ("/ready",)),
    "postgrest-app": (("app_rest_admin",), ("/ready",)),
    "edge-control": (("control_edge", "subscription"), ("/ready",)),
    "edge-app": (("app_edge", "cns", "summary"), ("/ready",)),
    "issuer": (("issuer",), ("/auth/realms/arc-saas/protocol/openid-connect/certs",)),
    "gateway": (
        ("gateway",),
        ("/api/control/rest/v1/plans?select=id&limit=1", "/api/app/rest/v1/rpc/current_operations"),
    ),
}
LEADS_PER_HOUR = 200  # on this machine everybody has the same address
_PORTS = (
    "postgres",
    "control_rest",
    "control_rest_admin",
    "app_rest",
    "app_rest_admin",
    "control_edge",
    "subscription",
    "app_edge",
    "cns",
    "summary",
    "issuer",
    "gateway_metrics",
    "edge_control_metrics",
    "edge_app_metrics",
    "worker_metrics",
)

# Libpq's and PostgREST's variables, which would beat what we set, and secrets for no process or another one.
_OTHERS = re.compile(r"PG|ANANTA_\w*(?:SECRET|PASSWORD|DATABASE_URL|_FILE)")

log = structlog.get_logger()
Say = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """Everything one embedded run is made of. ``say`` tells the person at the terminal what happens."""

    state_dir: Path
    gateway_port: int
    say: Say
    is_running: bool = False

    def run(self, on_ready: Callable[[], None]) -> None:
        """Run until a signal. Refuses to start twice, in production, or on a port that is taken."""
        if self.settings.environment is Environment.PRODUCTION:
            raise EmbeddedError("the embedded run is made of local stand-ins", "in production run the real services")
        private.begin()
        with run_state.only_one(self.state_dir):
            private.close(self.state_dir)
            before = run_state.load(self.state_dir)
            if before is not None and (ended := run_state.end_leftovers(before)):
                self.say(f"ended what an earlier run left: {', '.join(ended)}")
            ports.check_gateway_port(self.gateway_port)
            self._refuse_full_disk()
            try:
                steps = self.steps()
                asyncio.run(_supervise(self.state_dir, self.public_url, steps, on_ready))
            except (EmbeddedError, OSError):
                self._refuse_full_disk()  # which explains whatever else failed
                raise

    def _refuse_full_disk(self) -> None:
        disk.refuse_full(self.state_dir, EmbeddedPostgres(self.state_dir).place)

    @property
    def public_url(self) -> str:
        """The one origin under which everything is reached."""
        is_set = "public_url" in self.settings.model_fields_set
        return self.settings.public_url if is_set else f"http://127.0.0.1:{self.gateway_port}"

    @cached_property
    def settings(self) -> Settings:
        """What the person at the terminal has set; everything else a service needs is set here."""
        return load(Process.UP)

    @cached_property
    def ports(self) -> Mapping[str, int]:
        """The internal ports by name: those in use where the stack runs."""
        if self.is_running:
            return ports.recorded(self.state_dir)
        return ports.choose(self.state_dir, _PORTS, self.gateway_port)

    @cached_property
    def secrets(self) -> Mapping[str, str]:
        """Passwords and secrets by name."""
        return credentials.ensure(self.state_dir, list(_SECRETS))

    @cached_property
    def postgres(self) -> EmbeddedPostgres:
        """The database cluster."""
        return EmbeddedPostgres(self.state_dir, port=self.ports["postgres"])

    def steps(self) -> list[Step]:
        """The order: the cluster, its databases, then everything that needs them, at once."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        for folder in ("logs", "keys"):
            (self.state_dir / folder).mkdir(exist_ok=True, mode=0o700)
        self.say("starting PostgreSQL")
        if self.postgres.initialise():
            self.say(f"made a new database cluster in {self.postgres.data_dir}")
        services = [
            *(self._postgrest(plane) for plane in Plane),
            self._python("edge-control", ["edge_api", "control"], self._edge_secrets(Plane.CONTROL)),
            self._python("edge-app", ["edge_api", "app"], self._edge_secrets(Plane.APP) | self._gateway_secret()),
            self._python("issuer", ["ananta.standins.issuer"], self._identity_secret()),
            self._python("gateway", ["edge_api", "gateway"], self._gateway_secret() | self._key_set_files()),
            self._worker(),
        ]
        return [[self._postgres_service()], self._prepare, self._announce_services, services, self._demo_data]

    async def _prepare(self) -> None:
        self.say("preparing the databases (roles, migrations, seeds)")
        try:
            await asyncio.to_thread(self._prepare_databases)
        except Exception as error:
            log.exception("databases_not_prepared")
            raise EmbeddedError(f"the databases could not be prepared: {error}") from error

    def _prepare_databases(self) -> None:
        from ananta.database_setup import prepare

        passwords = {role: self.secrets[role] for role in LOGIN_ROLES}
        details = self.state_dir / "logs" / "databases.log"
        with details.open("a", encoding="utf-8") as lines:

            def note(line: str) -> None:
                lines.write(f"{line}\n")
                if not line.endswith(".sql"):  # single files are for the log
                    self.say(line)

            prepare(self.postgres.dsn(), passwords, progress=note)

    async def _announce_services(self) -> None:
        self.say("starting the services")

    async def _demo_data(self) -> None:
        from ananta.demo import logins

        if not self.settings.demo_data or logins.known(self.state_dir):
            return
        self.say("making demo data: an operator, and a tenant with a BOM")
        await logins.ensure(self.state_dir, self.public_url, self.make_operator)

    async def make_operator(self, person: "Person") -> None:
        """Make somebody a platform admin of this run."""
        from ananta.database_setup import migrator_dsn
        from ananta.operators import make_operator
        from workers.identity.development import DevelopmentIssuer

        dsn = migrator_dsn(self.postgres.dsn(), DATABASES[Plane.CONTROL], self.secrets)
        async with DevelopmentIssuer(
            identity_url=f"http://127.0.0.1:{self.ports['issuer']}",
            issuer_url=f"{self.public_url}/auth",
            admin_secret=self.secrets["identity_admin_secret"],
        ) as identity:
            await make_operator(person, dsn, identity)

    def _postgres_service(self) -> Service:
        return Service(
            name="postgres",
            command=self.postgres.command(),
            environment=self.postgres.environment,
            ready=probes.always(
                probes.all_of(probes.calls(self.postgres.is_ready), probes.answers_query(self.postgres.dsn()))
            ),
            working_dir=self.postgres.place,
            port=self.ports["postgres"],
            before_start=self.postgres.recover,
            stop_signal=signal.SIGINT,
            stop_seconds=30.0,
        )

    def _postgrest(self, plane: Plane) -> Service:
        _, key_set_file = token_keys.ensure(self.state_dir, plane)
        port, admin_port = self.ports[f"{plane}_rest"], self.ports[f"{plane}_rest_admin"]
        url = self._database_url(f"{plane}_authenticator", plane)
        server = PostgrestServer(plane, url, key_set_file, port, admin_port, self.public_url)
        config = write_config(self.state_dir, server)
        return Service(
            name=f"postgrest-{plane}",
            command=processes.bound_command([str(postgrest_binary(ROOT)), str(config)]),
            environment=_inherited_environment(),
            ready=probes.always(self._probe(f"postgrest-{plane}")),
            working_dir=self.state_dir,
            port=port,
        )

    def worker_environment(self) -> dict[str, str]:
        """What a worker process of this run is told."""
        return _inherited_environment() | self._addresses() | self._worker_secrets()

    def _worker(self) -> Service:
        longest = self.settings.worker_stop_seconds + 15  # with what it takes to give back what did not end
        return replace(self._python("worker", ["workers"], self._worker_secrets()), stop_seconds=longest)

    def _worker_secrets(self) -> dict[str, str]:
        environment = self._identity_secret() | {"ANANTA_WEBHOOK_SECRET": self.secrets["webhook_secret"]}
        for plane in Plane:
            url = self._database_url(f"{plane}_worker", plane)
            environment[f"ANANTA_{plane.upper()}_WORKER_DATABASE_URL"] = url
        return environment

    def _python(self, name: str, module: list[str], environment: Mapping[str, str]) -> Service:
        """One of our processes; one that nobody calls says in its log that it is ready."""
        listeners = _READY[name][0] if name in _READY else ()
        log_file = self.state_dir / "logs" / f"{name}.log"
        ready = probes.always(self._probe(name)) if listeners else probes.log_says(log_file, f"{name}_ready")
        if (measured := f"{name.replace('-', '_')}_metrics") in self.ports:
            environment = {**environment, "ANANTA_METRICS_LISTEN": f"127.0.0.1:{self.ports[measured]}"}
        return Service(
            name=name,
            command=processes.bound_command([sys.executable, "-P", "-m", *module]),
            environment=_inherited_environment() | self._addresses() | self._listen(*listeners) | dict(environment),
            ready=ready,
            working_dir=ROOT,
            port=self._port(listeners[0]) if listeners else None,
        )

    def _probe(self, name: str) -> probes.Probe:
        listeners, paths = _READY[name]
        return probes.all_of(*(probes.http_ok(self._port(each), path) for each in listeners for path in paths))

    def _port(self, name: str) -> int:
        return self.gateway_port if name == "gateway" else self.ports[name]

    def _listen(self, *names: str) -> dict[str, str]:
        return {"ANANTA_LISTEN": ",".join(f"127.0.0.1:{self._port(name)}" for name in names)} if names else {}

    def _edge_secrets(self, plane: Plane) -> dict[str, str]:
        private, _ = token_keys.ensure(self.state_dir, plane)
        name = plane.upper()
        return {
            f"ANANTA_{name}_EDGE_DATABASE_URL": self._database_url(f"{plane}_edge", plane),
            f"ANANTA_{name}_TOKEN_KEY_FILE": str(private),
            "ANANTA_WEBHOOK_SECRET": self.secrets["webhook_secret"],
            "ANANTA_LEADS_PER_HOUR": str(self._leads_per_hour),
        }

    @property
    def _leads_per_hour(self) -> int:
        return self.settings.leads_per_hour if "leads_per_hour" in self.settings.model_fields_set else LEADS_PER_HOUR

    def _identity_secret(self) -> dict[str, str]:
        return {"ANANTA_IDENTITY_ADMIN_SECRET": self.secrets["identity_admin_secret"]}

    def _gateway_secret(self) -> dict[str, str]:
        return {"ANANTA_GATEWAY_WEBHOOK_SECRET": self.secrets["gateway_webhook_secret"]}

    def _key_set_files(self) -> dict[str, str]:
        files = {plane: token_keys.ensure(self.state_dir, plane)[1] for plane in Plane}
        return {f"ANANTA_{plane.upper()}_TOKEN_KEY_SET_FILE": str(file) for plane, file in files.items()}

    def _database_url(self, role: str, plane: Plane) -> str:
        return f"postgresql://{role}:{self.secrets[role]}@127.0.0.1:{self.ports['postgres']}/{DATABASES[plane]}"

    def _addresses(self) -> dict[str, str]:
        """What every process of ours may know: where the others are."""
        named = {
            "CONTROL_REST_URL": "control_rest",
            "APP_REST_URL": "app_rest",
            "CONTROL_EDGE_URL": "control_edge",
            "APP_EDGE_URL": "app_edge",
            "CNS_URL": "cns",
            "SUMMARY_URL": "summary",
            "IDENTITY_URL": "issuer",
        }
        return {
            "ANANTA_STATE_DIR": str(self.state_dir),
            "ANANTA_PUBLIC_URL": self.public_url,
            **{f"ANANTA_{name}": f"http://127.0.0.1:{self.ports[port]}" for name, port in named.items()},
        }


def ready_paths() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Each service that listens, its ports by name, and what must be answered there when it does what it is for."""
    for name, (listeners, paths) in _READY.items():
        yield name, listeners, paths


async def _supervise(state_dir: Path, public_url: str, steps: list[Step], on_ready: Callable[[], None]) -> None:
    await Supervisor(state_dir, public_url).run(steps, on_ready)


def _inherited_environment() -> dict[str, str]:
    """Ours but for what is another server's, with the loopback address kept out of any proxy."""
    environment = {name: value for name, value in os.environ.items() if not _OTHERS.match(name)}
    without = [part for part in (environment.get("NO_PROXY", ""), "127.0.0.1", "localhost") if part]
    return environment | {"NO_PROXY": ",".join(without), "no_proxy": ",".join(without), "PYTHONPATH": str(ROOT)}

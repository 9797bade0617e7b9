"""Every setting of every process, read once from ``ANANTA_*`` environment variables.

``ananta/settings_loading.py`` reads them for a process and says what is wrong; docs/SETTINGS.md is made of this.
"""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ananta import settings_types as types
from ananta.settings_types import (
    Address,
    DatabaseUrl,
    FileSecrets,
    Listeners,
    Networks,
    Process,
    RoleNames,
    WebhookSecret,
    setting,
)

__all__ = ["ROOT", "Environment", "Plane", "Process", "Settings", "get_settings"]

ROOT = Path(__file__).resolve().parent.parent
EVERY = tuple(Process)
GATEWAY, EDGE_CONTROL, EDGE_APP, WORKER, ISSUER, UP, DB = EVERY
EDGES = (EDGE_CONTROL, EDGE_APP)
SERVING = (GATEWAY, *EDGES, WORKER)


class Environment(StrEnum):
    """Where the platform runs; ``production`` refuses every local stand-in."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Plane(StrEnum):
    """The two halves of the platform; each has its own database, PostgREST and edge API."""

    CONTROL = "control"
    APP = "app"


class Settings(BaseSettings):
    """All settings. A database URL carries the login of the process that uses it."""

    model_config = SettingsConfigDict(
        env_prefix=types.PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    environment: Environment = setting(
        Environment.DEVELOPMENT,
        "`production` refuses the local stand-ins (embedded run, development issuer, mailbox, file folder), the "
        "default anonymous key, short or default database passwords, weak keys and secrets, a public URL without https",
        *EVERY,
        validation_alias="ANANTA_ENV",
    )
    state_dir: Path = setting(
        ROOT / ".ananta",
        "folder of the embedded run: files, mailbox, keys, secrets, logs, installed packages",
        *EVERY,
        shown_default="`.ananta` in the checkout",
    )
    public_url: Address = setting(
        "http://127.0.0.1:27500",
        "the one origin under which the gateway is reached; it is in every issuer's name, so it must not change",
        *SERVING,
        ISSUER,
        UP,
        form=types.ADDRESS,
    )
    listen: Listeners | None = setting(
        None,
        "where an edge (all its listeners, in the order of the defaults), the gateway or the issuer listens",
        GATEWAY,
        *EDGES,
        ISSUER,
        form=types.LISTEN,
        shown_default="by process, on 127.0.0.1: gateway 27500; edge-control 14000, 14001; edge-app 27510, 27021, "
        "27520; issuer 8180",
    )
    trusted_proxies: Networks = setting(
        (),
        "proxies in front of the gateway, such as the one for TLS: for calls from there the caller's address is what "
        "they write into `X-Forwarded-For`. Without it all who call through a proxy have one address, its own, and "
        "share what is limited by address. Name only proxies that nobody can get past",
        GATEWAY,
        form=types.NETWORKS,
        shown_default="none",
    )
    metrics_listen: Listeners | None = setting(
        None,
        "where `/metrics` is served, apart from everything that callers reach; without it nowhere ([OBSERVABILITY.md]"
        "(OBSERVABILITY.md))",
        *SERVING,
        form=types.LISTEN,
        shown_default="none; the embedded run chooses loopback ports",
    )
    traces_url: Address | None = setting(
        None,
        "where traces go: an OTLP/HTTP collector, such as `http://127.0.0.1:4318/v1/traces`; without it none are made",
        *SERVING,
        form=types.ADDRESS,
    )
    traces_ratio: float = setting(
        1.0, "share of the requests that are traced, where the caller does not say so itself", *SERVING, ge=0, le=1
    )

    control_edge_database_url: DatabaseUrl | None = setting(
        None, "the control plane's database, as role `control_edge`", EDGE_CONTROL, required=True, form=types.DATABASE
    )
    app_edge_database_url: DatabaseUrl | None = setting(
        None, "the app plane's database, as role `app_edge`", EDGE_APP, required=True, form=types.DATABASE
    )
    control_worker_database_url: DatabaseUrl | None = setting(
        None, "the control plane's database, as role `control_worker`", WORKER, required=True, form=types.DATABASE
    )
    app_worker_database_url: DatabaseUrl | None = setting(
        None, "the app plane's database, as role `app_worker`", WORKER, required=True, form=types.DATABASE
    )
    control_migrator_database_url: DatabaseUrl | None = setting(
        None,
        "the control plane's database, as role `ananta_migrator`; without it that of the embedded run",
        DB,
        form=types.DATABASE,
    )
    app_migrator_database_url: DatabaseUrl | None = setting(
        None,
        "the app plane's database, as role `ananta_migrator`; without it that of the embedded run",
        DB,
        form=types.DATABASE,
    )
    role_names: RoleNames = setting(
        {}, "roles that go by other names; those of the API keep theirs", DB, form=types.ROLE_NAMES
    )

    control_rest_url: Address = setting(
        "http://127.0.0.1:14010", "PostgREST of the control plane", GATEWAY, EDGE_CONTROL, form=types.ADDRESS
    )
    app_rest_url: Address = setting(
        "http://127.0.0.1:27512", "PostgREST of the app plane", GATEWAY, EDGE_APP, form=types.ADDRESS
    )
    control_edge_url: Address = setting(
        "http://127.0.0.1:14000", "the control edge", GATEWAY, WORKER, form=types.ADDRESS
    )
    app_edge_url: Address = setting(
        "http://127.0.0.1:27510",
        "the app edge; the control plane registers it as app plane `default`",
        GATEWAY,
        EDGE_CONTROL,
        WORKER,
        form=types.ADDRESS,
    )
    cns_url: Address = setting(
        "http://127.0.0.1:27021", "the CNS listener of the app edge", GATEWAY, form=types.ADDRESS
    )
    summary_url: Address = setting(
        "http://127.0.0.1:27520", "the middleware listener of the app edge", GATEWAY, form=types.ADDRESS
    )
    identity_url: Address = setting(
        "http://127.0.0.1:8180", "the identity provider", GATEWAY, *EDGES, WORKER, form=types.ADDRESS
    )

    control_token_key_file: Path | None = setting(
        None, "RSA private key (PEM) that signs the control plane's platform tokens", EDGE_CONTROL, required=True
    )
    app_token_key_file: Path | None = setting(
        None, "RSA private key (PEM) that signs the app plane's platform tokens", EDGE_APP, required=True
    )
    control_token_key_set_file: Path | None = setting(
        None,
        "public keys (JWK set) of the control plane's platform tokens, by which the gateway knows whose call it is; "
        "without it no calls in flight are limited there",
        GATEWAY,
    )
    app_token_key_set_file: Path | None = setting(
        None, "the same for the app plane; without it failed calls do not count for a tenant's rate", GATEWAY
    )
    webhook_secret: WebhookSecret | None = setting(
        None,
        "signs the calls between the planes (Standard Webhooks)",
        *EDGES,
        WORKER,
        required=True,
        form=types.WEBHOOK,
    )
    gateway_webhook_secret: WebhookSecret | None = setting(
        None,
        "signs the gateway's batches of counted API calls to the app edge; without it no call is metered, and no "
        "tenant throttled",
        GATEWAY,
        EDGE_APP,
        form=types.WEBHOOK,
    )
    identity_admin_secret: SecretStr | None = setting(
        None, "Bearer token of the development issuer's admin API", ISSUER, WORKER, required=True
    )
    anon_key: str = setting(
        "anon", "publishable key that stands for nobody (Supabase clients send one); no secret", GATEWAY, min_length=1
    )

    leads_per_hour: int = setting(
        20,
        "signups one address may send in an hour; the embedded run sets 200, where everybody has the same address",
        EDGE_CONTROL,
        UP,
        unit="signups",
        gt=0,
    )
    platform_token_seconds: int = setting(300, "life of a platform token", *EDGES, unit="s", ge=30, le=300)
    meter_flush_seconds: float = setting(
        2.0, "time between two batches of counted API calls", GATEWAY, unit="s", gt=0, le=60
    )
    caller_calls_per_second: float = setting(
        500.0, "requests one caller may make in the long run, failed ones included", GATEWAY, unit="requests/s", gt=0
    )
    caller_burst_calls: int = setting(5000, "requests one caller may make at once", GATEWAY, unit="requests", gt=0)
    caller_requests_at_once: int = setting(
        25,
        "requests of one caller (a tenant; an address, who is nobody) that hold one of the gateway's 200 connections "
        "to the servers behind at the same time, slow readers too; and, counted apart, uploads above 1 MiB, which "
        "have 100 connections of their own",
        GATEWAY,
        unit="requests",
        gt=0,
    )
    tenant_calls_at_once: int = setting(
        4,
        "calls of one tenant that a plane's servers are at work on at the same time; well below PostgREST's `db-pool` "
        "(10), which all tenants share",
        GATEWAY,
        unit="calls",
        gt=0,
    )
    tenant_wait_seconds: float = setting(
        5.0,
        "how long a call above one of these two waits for its turn before it is refused (429)",
        GATEWAY,
        unit="s",
        ge=0,
        le=30,
    )
    worker_visibility_seconds: int = setting(
        20,
        "how long a message stays hidden from others before its worker must say that it lives",
        WORKER,
        unit="s",
        ge=2,
        le=600,
    )
    worker_stop_seconds: float = setting(
        10.0,
        "how long a worker that is told to stop lets its handlers end; the rest is given back",
        WORKER,
        unit="s",
        ge=0,
        le=300,
    )
    worker_breaker_seconds: float = setting(
        1.0,
        "pause after an outside system failed three times in a row; doubles up to ten times this",
        WORKER,
        unit="s",
        gt=0,
        le=60,
    )
    worker_step_backoff_seconds: float = setting(
        1.0, "pause after a workflow step's first failure; doubles with each", WORKER, unit="s", gt=0, le=60
    )
    workflow_halted_hours: int = setting(
        168, "when a halted workflow that nobody took care of is cancelled and undone", WORKER, unit="h", gt=0
    )
    file_orphan_hours: int = setting(
        24,
        "when the worker removes a stored file that no BOM has, and what a broken-off upload left",
        WORKER,
        unit="h",
        gt=0,
    )
    usage_reconcile_hours: int = setting(
        24, "time between two comparisons of the usage counters with what they count", WORKER, unit="h", gt=0
    )
    bom_max_bytes: int = setting(20 * 1024 * 1024, "largest BOM file", EDGE_APP, WORKER, unit="bytes", gt=0)
    bom_max_lines: int = setting(100_000, "most lines of a BOM", WORKER, unit="lines", gt=0)
    bom_max_rows: int = setting(200_000, "most rows of a file that are not blank", WORKER, unit="rows", gt=0)
    bom_max_columns: int = setting(
        1000, "columns that are read; those after are left out with a warning", WORKER, unit="columns", gt=0
    )
    bom_max_cells: int = setting(5_000_000, "most cells of a file", WORKER, unit="cells", gt=0)
    bom_max_cell_chars: int = setting(
        32_767,
        "characters of a cell that are read; the rest is cut with a warning",
        WORKER,
        unit="characters",
        gt=0,
    )
    bom_max_sheets: int = setting(
        50, "sheets that are read; those after are left out with a warning", WORKER, unit="sheets", gt=0
    )
    bom_parse_seconds: int = setting(60, "time the parser gets for one file", WORKER, unit="s", gt=0)
    bom_parse_memory_bytes: int = setting(
        512 * 1024 * 1024, "memory the parser gets for one file", WORKER, unit="bytes", gt=0
    )
    demo_data: bool = setting(True, "`off`: `up` makes no demo tenant and no demo logins", UP, shown_default="`on`")
    failpoint: str = setting(
        "",
        "`name@marker-file`, several separated by commas: the worker kills itself once at each point, for the crash "
        "tests; ignored in production",
        WORKER,
        shown_default="none",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names the arguments
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, the environment, and the files that it names."""
        return init_settings, env_settings, FileSecrets(settings_cls)

    def refuse_stand_in(self, what: str) -> None:
        """End the process where a local stand-in would serve production."""
        if self.environment is Environment.PRODUCTION:
            raise SystemExit(f"{what} is a local stand-in; it does not run with ANANTA_ENV=production.")

    @property
    def mailbox_dir(self) -> Path:
        """The local mailbox (Maildir) of the embedded run."""
        return self.state_dir / "mailbox"

    @property
    def files_dir(self) -> Path:
        """The local file store of the embedded run."""
        return self.state_dir / "files"

    @property
    def issuer_url(self) -> str:
        """The outside address under which the identity provider's realms are issuers."""
        return f"{self.public_url}/auth"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, whichever it is; it ends with a sentence where one cannot be."""
    from ananta.settings_loading import load

    return load()

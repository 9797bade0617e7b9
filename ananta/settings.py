"""Every setting of every process, read once from ``ANANTA_*`` environment variables."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Environment(StrEnum):
    """Where the platform runs; ``production`` refuses every local stand-in."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Plane(StrEnum):
    """The two halves of the platform; each has its own database, PostgREST and edge API."""

    CONTROL = "control"
    APP = "app"


class Settings(BaseSettings):
    """All settings. Times are seconds, sizes bytes; a database URL carries the login of the process that uses it."""

    model_config = SettingsConfigDict(env_prefix="ANANTA_", frozen=True, extra="ignore")

    environment: Environment = Field(default=Environment.DEVELOPMENT, validation_alias="ANANTA_ENV")
    state_dir: Path = ROOT / ".ananta"
    public_url: str = "http://127.0.0.1:27500"

    control_edge_database_url: SecretStr | None = None
    app_edge_database_url: SecretStr | None = None
    control_worker_database_url: SecretStr | None = None
    app_worker_database_url: SecretStr | None = None

    control_rest_url: str = "http://127.0.0.1:14010"
    app_rest_url: str = "http://127.0.0.1:27512"
    control_edge_url: str = "http://127.0.0.1:14000"
    app_edge_url: str = "http://127.0.0.1:27510"
    identity_url: str = "http://127.0.0.1:8180"

    control_token_key_file: Path | None = None
    app_token_key_file: Path | None = None
    webhook_secret: SecretStr | None = None
    gateway_webhook_secret: SecretStr | None = None
    identity_admin_secret: SecretStr | None = None
    anon_key: str = "anon"

    leads_per_hour: int = Field(default=20, gt=0)
    platform_token_seconds: int = Field(default=300, ge=30, le=300)
    worker_visibility_seconds: int = Field(default=20, ge=2, le=600)
    worker_stop_seconds: float = Field(default=10.0, ge=0, le=300)
    worker_breaker_seconds: float = Field(default=1.0, gt=0, le=60)
    worker_step_backoff_seconds: float = Field(default=1.0, gt=0, le=60)
    workflow_halted_hours: int = Field(default=168, gt=0)
    file_orphan_hours: int = Field(default=24, gt=0)
    usage_reconcile_hours: int = Field(default=24, gt=0)
    bom_max_bytes: int = Field(default=20 * 1024 * 1024, gt=0)
    bom_max_lines: int = Field(default=100_000, gt=0)
    bom_max_rows: int = Field(default=200_000, gt=0)
    bom_max_columns: int = Field(default=1000, gt=0)
    bom_max_cells: int = Field(default=5_000_000, gt=0)
    bom_max_cell_chars: int = Field(default=32_767, gt=0)
    bom_max_sheets: int = Field(default=50, gt=0)
    bom_parse_seconds: int = Field(default=60, gt=0)
    bom_parse_memory_bytes: int = Field(default=512 * 1024 * 1024, gt=0)

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
    """The settings of this process."""
    return Settings()

"""What ``bin/ananta db`` reads from the environment: the owner's logins, and roles that go by other names."""

import re
from functools import lru_cache

from pydantic import SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from migrations.errors import MigrationError

LOGINS = (
    "ananta_migrator",
    "control_authenticator",
    "control_edge",
    "control_worker",
    "app_authenticator",
    "app_edge",
    "app_worker",
)
# The API's roles are missing on purpose: tokens, PostgREST and Supabase's clients know anon and authenticated by name.
RENAMEABLE = ("ananta_owner", "ananta_edge", "ananta_worker", *LOGINS)
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class MigratorSettings(BaseSettings):
    """The migrator's logins, apart from the settings of the processes that serve: those never hold owner's rights."""

    model_config = SettingsConfigDict(env_prefix="ANANTA_", frozen=True, extra="ignore")

    control_migrator_database_url: SecretStr | None = None
    app_migrator_database_url: SecretStr | None = None
    role_names: dict[str, str] = {}

    @field_validator("role_names")
    @classmethod
    def _known_roles(cls, names: dict[str, str]) -> dict[str, str]:
        for role, name in names.items():
            if role not in RENAMEABLE:
                raise ValueError(f"{role} keeps its name; others may go to {', '.join(RENAMEABLE)}")
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no plain role name: lower-case letters, digits and underscores")
        return names


def migrator_settings() -> MigratorSettings:
    """The settings as the environment has them, or one sentence why they cannot be."""
    try:
        return MigratorSettings()
    except (ValidationError, SettingsError) as error:
        reasons = (
            [str(reason["msg"]) for reason in error.errors()] if isinstance(error, ValidationError) else [str(error)]
        )
        raise MigrationError("settings_invalid", "; ".join(reasons), "settings") from None


@lru_cache(maxsize=1)
def role_names() -> dict[str, str]:
    """The names of this installation, by the names in our SQL."""
    return migrator_settings().role_names


def role(name: str) -> str:
    """What a role is called here."""
    return role_names().get(name, name)


def with_role_names(script: str) -> str:
    """A script with the roles as they are called here; usually the script as it is."""
    names = role_names()
    if not names:
        return script
    return re.sub(rf"\b({'|'.join(names)})\b", lambda found: names[found[0]], script)

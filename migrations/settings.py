"""What ``bin/ananta db`` reads of the settings: the owner's logins, and roles that go by other names."""

import re
from functools import lru_cache

from ananta.settings import Process, Settings
from ananta.settings_loading import load
from ananta.settings_types import LOGINS, RENAMEABLE, SettingsInvalidError
from migrations.errors import MigrationError

__all__ = ["LOGINS", "RENAMEABLE", "migrator_settings", "role", "role_names", "with_role_names"]


def migrator_settings() -> Settings:
    """The settings as the environment has them, or one sentence why they cannot be."""
    try:
        return load(Process.DB)
    except SettingsInvalidError as error:
        raise MigrationError("settings_invalid", str(error), "settings") from None


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

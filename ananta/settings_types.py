"""What a setting can be, who reads it, and where secrets come from: of this ``ananta/settings.py`` is made."""

import base64
import binascii
import json
import os
import re
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import NoDecode, PydanticBaseSettingsSource

from ananta.logs import HIDDEN, scrub

PREFIX = "ANANTA_"
FILE_SUFFIX = "_FILE"


class Process(StrEnum):
    """Who reads settings."""

    GATEWAY = "gateway"
    EDGE_CONTROL = "edge-control"
    EDGE_APP = "edge-app"
    WORKER = "worker"
    ISSUER = "issuer"
    UP = "up"
    DB = "db"


class SettingsInvalidError(SystemExit):
    """A sentence for each setting that cannot be; uncaught it ends the process with them."""


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
_ADDRESS = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*[^\s?#/])?")
_LISTENER = r"(?:[^\s:,\[\]]+|\[[0-9a-fA-F:]+\]):\d{1,5}"
_LISTENERS = re.compile(rf"{_LISTENER}(?:, ?{_LISTENER})*")
_LOGIN_OR_QUERY = re.compile(r"(?<=://)[^/?#]*(?=@)|(?<=\?).+", re.S)
LONGEST_PATH = 256
_ROLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def webhook_key(secret: str) -> bytes:
    """The bytes of a signing secret (Standard Webhooks). Raises ValueError for what is none."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def database_parts(url: str) -> dict[str, Any]:
    """User, password, host, dbname and so on of a database URL. Raises ValueError for what is none."""
    from psycopg import ProgrammingError, conninfo

    try:
        return dict(conninfo.conninfo_to_dict(url))
    except ProgrammingError:
        raise ValueError("no database URL") from None


def _matches(pattern: re.Pattern[str]) -> AfterValidator:
    def check(value: Any) -> Any:
        if not pattern.fullmatch(value.get_secret_value() if isinstance(value, SecretStr) else value):
            raise ValueError("wrong form")
        return value

    return AfterValidator(check)


def _is_database(value: SecretStr) -> SecretStr:
    if not database_parts(value.get_secret_value()).get("dbname"):
        raise ValueError("no database named")
    return value


def _has_webhook_key(value: SecretStr) -> SecretStr:
    webhook_key(value.get_secret_value())
    return value


def _role_names(value: Any) -> dict[str, str]:
    names = json.loads(value) if isinstance(value, str) else value
    if not isinstance(names, dict) or not names.keys() <= set(RENAMEABLE):
        raise ValueError("keeps its name")
    if not all(isinstance(name, str) and _ROLE_NAME.fullmatch(name) for name in names.values()):
        raise ValueError("no plain role name")
    return names


Network = IPv4Network | IPv6Network


def _networks(value: Any) -> tuple[Network, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    networks = tuple(ip_network(part.strip() if isinstance(part, str) else part) for part in parts)
    if not all(network.prefixlen for network in networks):
        raise ValueError("everybody")
    return networks


Address = Annotated[str, _matches(_ADDRESS)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_is_database)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_has_webhook_key)]
Listeners = Annotated[str, _matches(_LISTENERS)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
RoleNames = Annotated[dict[str, str], NoDecode, BeforeValidator(_role_names)]

ADDRESS = "an http or https address without a slash at its end, such as https://ananta.example"
DATABASE = "an address such as postgresql://role:password@host:5432/database"
WEBHOOK = "`whsec_` and the base64 of 32 random bytes"
LISTEN = "host:port, several separated by commas"
NETWORKS = "addresses or networks (not all there are), such as 10.0.0.5 or 172.16.0.0/12, separated by commas"
ROLE_NAMES = f'JSON such as {{"app_edge": "u42_edge"}}: plain names for any of {", ".join(RENAMEABLE)}'


def setting(
    default: Any,
    description: str,
    *users: Process,
    unit: str = "",
    form: str = "",
    required: bool = False,
    shown_default: str = "",
    **limits: Any,
) -> Any:
    """A field: which processes read it and whether they need it, its unit, and what it must be, in words."""
    extra: Any = {"users": users, "unit": unit, "form": form, "required": required, "shown_default": shown_default}
    return Field(default=default, description=description, json_schema_extra=extra, **limits)


def told(field: FieldInfo, what: str) -> Any:
    """What ``setting`` was told of a field."""
    extra = field.json_schema_extra
    return extra[what] if isinstance(extra, dict) else None


def variable_of(name: str, field: FieldInfo) -> str:
    """The environment variable of a field."""
    return str(field.validation_alias or f"{PREFIX}{name.upper()}")


def is_secret(field: FieldInfo) -> bool:
    """Whether the value is never shown."""
    return "SecretStr" in str(field.annotation)


def shown(value: str) -> str:
    """What may be told of a value that is no secret: of an address neither login nor query, and nothing that is one."""
    return _LOGIN_OR_QUERY.sub(HIDDEN, str(scrub(value)))


def shown_path(path: str | Path) -> str:
    """A path of a ``…_FILE``, where it looks like one: people put the secret itself there."""
    text = str(path)
    is_path = text.startswith(("/", ".")) and "\n" not in text and len(text) < LONGEST_PATH and scrub(text) == text
    return text if is_path else "(not shown: it does not look like a path)"


class FileSecrets(PydanticBaseSettingsSource):
    """A secret out of the file that ``ANANTA_<SECRET>_FILE`` names."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The file's content without the white space at its end. Raises SettingsInvalidError where it cannot be."""
        variable = variable_of(field_name, field)
        path = os.environ.get(variable + FILE_SUFFIX) if is_secret(field) else None
        if not path:
            return None, field_name, False
        if os.environ.get(variable):
            raise SettingsInvalidError(f"{variable} and {variable}{FILE_SUFFIX} are both set: set one of them.")
        try:
            return Path(path).read_text(encoding="utf-8").rstrip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsInvalidError(
                f"{variable}{FILE_SUFFIX} is {shown_path(path)}, which cannot be read ({type(error).__name__}); "
                "it must be a text file with the secret that this process may read."
            ) from None

    def __call__(self) -> dict[str, Any]:
        """All secrets that are in files."""
        fields = self.settings_cls.model_fields
        found = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in found.items() if value}

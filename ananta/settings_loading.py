"""Reading the settings for a process: one sentence for each that cannot be, one warning for each that nobody knows."""

import difflib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from ananta.settings import Environment, Process, Settings
from ananta.settings_types import (
    FILE_SUFFIX,
    PREFIX,
    SettingsInvalidError,
    database_parts,
    is_secret,
    shown,
    shown_path,
    told,
    variable_of,
    webhook_key,
)

# Read by the tests, or by docker-compose.yml, and by none of the processes. Variable to default and meaning.
OTHERS: Mapping[str, tuple[str, str]] = {
    "ANANTA_CI": ("off", "set: a test that misses a component of the machine fails where it would be skipped"),
    "ANANTA_SAMPLE_DIR": ("none", "a folder with further BOM files and their expected figures"),
    "ANANTA_FUZZ_TIMES": ("`1`", "how many times as many fuzz cases of BOM files are tried: 36 are more than 20,000"),
    "ANANTA_IDEMPOTENCY_TIMES": ("`1`", "how many times as many repeated requests are tried"),
    "ANANTA_TEST_KILLS": ("`6`", "how many times the worker is killed at random"),
    "ANANTA_TEST_MESSAGES": (
        "`300`",
        "how many deliveries of messages, repeated, shuffled and late, the tests make: `10000` is the whole form",
    ),
    "ANANTA_TEST_POISON": ("one queue", "`all`: the tests put a message that kills its worker into each queue"),
    "ANANTA_SEED": ("random", "seed of the tests with repeated requests; they print it"),
    "ANANTA_MIGRATOR_PASSWORD": ("none", "password of `ananta_migrator`, in containers"),
}
SHORTEST_PASSWORD = 12
SHORTEST_SECRET = 32
SMALLEST_RSA_KEY = 2048
_KNOWN_PASSWORDS = frozenset({"postgres", "password", "passwordpassword", "administrator", "changemechangeme"})

log = structlog.get_logger()


def load(process: Process | None = None) -> Settings:
    """The settings, fit for a process. Raises SettingsInvalidError with a sentence for each that is not."""
    for name, nearest in unknown_variables(os.environ):
        _warn(name, nearest)
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsInvalidError("\n".join(_sentences(error))) from None
    if process is not None and (faults := list(_faults(settings, process))):
        raise SettingsInvalidError("\n".join(faults))
    return settings


def _warn(name: str, nearest: str) -> None:
    """Into the log of a process; of a command, whose output may be read by another, to the person."""
    if structlog.is_configured():
        log.warning("unknown_setting", name=name, did_you_mean=nearest)
    else:
        sys.stderr.write(f"warning: there is no setting {name}; did you mean {nearest}?\n")


def variables() -> dict[str, FieldInfo]:
    """Every setting by its variable."""
    return {variable_of(name, field): field for name, field in Settings.model_fields.items()}


def unknown_variables(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each ``ANANTA_*`` that is no setting, with the known name that is nearest."""
    known = {*OTHERS}
    for name, field in variables().items():
        known |= {name, name + FILE_SUFFIX} if is_secret(field) else {name}
    for name in sorted(name for name in environment if name.startswith(PREFIX) and name not in known):
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
        yield name, nearest[0]


def form_of(field: FieldInfo) -> str:
    """What a value must be, in words."""
    if form := told(field, "form"):
        return str(form)
    kind = str(field.annotation)
    if "Environment" in kind:
        return " or ".join(f"`{member}`" for member in Environment)
    if "bool" in kind:
        return "`on` or `off`"
    if "Path" in kind:
        return "a path"
    if "int" in kind or "float" in kind:
        number = "a whole number" if "int" in kind else "a number"
        return f"{number}{_range(field)}"
    return "text"


def _range(field: FieldInfo) -> str:
    names = ("gt", "ge", "le")
    limits = {name: getattr(rule, name) for rule in field.metadata for name in names if hasattr(rule, name)}
    if "ge" in limits and "le" in limits:
        return f" from {limits['ge']:g} to {limits['le']:g}"
    above = f" above {limits['gt']:g}" if "gt" in limits else ""
    return above + (f" and at most {limits['le']:g}" if "le" in limits else "")


def _sentences(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        name = str(fault["loc"][0])
        field = Settings.model_fields.get(name)
        variable = name if field is None else variable_of(name, field)
        yield _sentence(variable, variables()[variable])


def _sentence(variable: str, field: FieldInfo) -> str:
    unit = f" ({told(field, 'unit')})" if told(field, "unit") else ""
    given = os.environ.get(variable, "")
    if is_secret(field):
        what = "has a value that cannot be (it is a secret, so it is not shown)"
    elif not given or given.startswith(("{", "[")):
        what = "cannot be as it was given"
    else:
        what = f"is {shown(given)!r}"
    return f"{variable} {what}; it must be {form_of(field)}{unit}."


def _faults(settings: Settings, process: Process) -> Iterator[str]:
    """What this process cannot start with; in production also what is not safe enough."""
    is_stand_in = process in (Process.UP, Process.ISSUER)  # which refuse production as a whole
    is_production = settings.environment is Environment.PRODUCTION and not is_stand_in
    for name, field in Settings.model_fields.items():
        if process not in told(field, "users"):
            continue
        variable, value = variable_of(name, field), getattr(settings, name)
        if value is None and told(field, "required"):
            yield f"{variable} is not set; {process} needs it: {field.description}. It must be {form_of(field)}."
        if isinstance(value, Path) and variable.endswith(FILE_SUFFIX):
            yield from _file_faults(variable, value, is_production=is_production)
        if is_production:
            yield from _weaknesses(variable, value)


def _file_faults(variable: str, path: Path, *, is_production: bool) -> Iterator[str]:
    """Of a file with keys: that it cannot be read, holds none, or in production a weak one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        it_is = f"{variable} is {shown_path(path)}, which cannot be read ({error.strerror})"
        yield f"{it_is}; it must be a file this process may read."
        return
    smallest = min(_key_sizes(content), default=0)
    if smallest == 0:
        wanted = "a JWK set" if "KEY_SET" in variable else "an RSA private key in PEM"
        yield f"{variable} is {shown_path(path)}, which holds no RSA key; it must hold {wanted}."
    elif is_production and smallest < SMALLEST_RSA_KEY:
        yield (
            f"{variable} holds an RSA key of {smallest} bits, too weak for ANANTA_ENV=production; "
            f"it must have {SMALLEST_RSA_KEY} or more."
        )


def _key_sizes(content: bytes) -> list[int]:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from jwt import PyJWKSet, PyJWTError

    try:
        if content.lstrip().startswith(b"{"):
            return [key.key.key_size for key in PyJWKSet.from_dict(json.loads(content)).keys]
        found = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, AttributeError, PyJWTError):
        return []
    return [found.key_size] if isinstance(found, RSAPrivateKey) else []


def password_weaknesses(variable: str, password: str, login: str | None) -> Iterator[str]:
    """That a login's password is not safe enough for production."""
    if password in _KNOWN_PASSWORDS or password == login or len(password) < SHORTEST_PASSWORD:
        yield (
            f"{variable} has a well-known password, or one of less than {SHORTEST_PASSWORD} characters, "
            "with ANANTA_ENV=production; it must have a random one."
        )


def _weaknesses(variable: str, value: Any) -> Iterator[str]:
    """What of a value is not safe enough for production; never the value itself."""
    where = "with ANANTA_ENV=production"
    if variable == "ANANTA_PUBLIC_URL" and not value.startswith("https://"):
        yield f"{variable} is {value}, without https, {where}; it must be the https address of the gateway."
    if variable == "ANANTA_ANON_KEY" and value == Settings.model_fields["anon_key"].default:
        yield f"{variable} is the default {where}; it must be a text of your own, which clients send as their key."
    if not isinstance(value, SecretStr):
        return
    secret = value.get_secret_value()
    if variable.endswith("_DATABASE_URL"):
        parts = database_parts(secret)
        if "password" in parts:
            yield from password_weaknesses(variable, parts["password"], parts.get("user"))
    elif len(webhook_key(secret) if variable.endswith("WEBHOOK_SECRET") else secret.encode()) < SHORTEST_SECRET:
        yield f"{variable} has less than {SHORTEST_SECRET} bytes {where}; it must have {SHORTEST_SECRET} random ones."

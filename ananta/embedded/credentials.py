"""Secrets of one checkout's embedded run: made once, kept in its state folder, readable by their owner only."""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE_NAME = "secrets.json"


@contextmanager
def _locked(state_dir: Path) -> Iterator[None]:
    """One writer at a time, across processes."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (state_dir / ".secrets.lock").open("w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stored(state_dir: Path) -> dict[str, str]:
    """The secrets that exist, by name."""
    try:
        content = (state_dir / FILE_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return {str(name): str(value) for name, value in json.loads(content).items()}


def random_password() -> str:
    """A password without characters that a URL or a shell would change."""
    return secrets.token_urlsafe(24)


def random_webhook_secret() -> str:
    """A signing secret in the form of the Standard Webhooks specification."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def ensure(state_dir: Path, names: list[str]) -> dict[str, str]:
    """All secrets, with those of ``names`` that were missing made now (``…webhook_secret`` in its own form)."""
    with _locked(state_dir):
        found = stored(state_dir)
        missing = [name for name in names if name not in found]
        for name in missing:
            found[name] = random_webhook_secret() if name.endswith("webhook_secret") else random_password()
        if missing:
            write_private(state_dir / FILE_NAME, json.dumps(found, indent=2) + "\n")
        return found

"""A local mailbox a person can open: one Maildir that several processes deliver to and read from.

A message's file name comes from its idempotency key, and it enters ``new/`` by one atomic ``link``: a sender killed
at any instruction leaves either nothing or the whole message, and delivering again delivers nothing twice.
"""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime, getaddresses, parsedate_to_datetime
from html import unescape
from pathlib import Path

_ID = re.compile(r"[0-9a-f]{64}")
_URL = re.compile(r"https?://[^\s<>\"']+")
_HREF = re.compile(r"href\s*=\s*[\"'](https?://[^\"'\s>]+)[\"']", re.IGNORECASE)
_ABANDONED_SECONDS = 36 * 3600


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One delivered message, as a reader sees it; ``links`` are the distinct http(s) addresses in it."""

    id: str
    to: tuple[str, ...]
    sender: str
    subject: str
    date: datetime
    text: str
    html: str | None
    links: tuple[str, ...]


class Mailbox:
    """A Maildir (``tmp``, ``new``, ``cur``) of mail the platform would send to the outside."""

    def __init__(self, directory: Path) -> None:
        """Open the mailbox in ``directory``; the first delivery makes the folders."""
        self._directory = directory

    def deliver(self, message: EmailMessage, *, idempotency_key: str) -> bool:
        """Store a message once per key; ``False`` means that a message with this key is already there."""
        tmp, new = self._folder("tmp"), self._folder("new")
        identifier = hashlib.sha256(idempotency_key.encode()).hexdigest()
        if self._path(identifier) is not None:
            _sync_folder(new)
            return False
        self._drop_abandoned(tmp)
        draft = tmp / f"{time.time_ns()}.{os.getpid()}.{secrets.token_hex(8)}"
        try:
            _write_synced(draft, _as_bytes(message))
            return _link_new(draft, new / identifier)
        finally:
            draft.unlink(missing_ok=True)

    def messages(self, to: str | None = None) -> list[StoredMessage]:
        """All messages, or those to one address (case does not matter), newest first."""
        wanted = to.strip().lower() if to is not None else None
        found = [(modified, message) for modified, message in self._read_all() if _is_for(message, wanted)]
        found.sort(key=lambda pair: (pair[0], pair[1].id), reverse=True)
        return [message for _, message in found]

    def message(self, identifier: str) -> StoredMessage | None:
        """One message by its id, or ``None``."""
        if not _ID.fullmatch(identifier):
            return None
        path = self._path(identifier)
        try:
            return _parse(identifier, path.read_bytes()) if path is not None else None
        except FileNotFoundError:
            return None

    def _folder(self, name: str) -> Path:
        folder = self._directory / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _path(self, identifier: str) -> Path | None:
        """Where a message is: a mail reader moves it to ``cur`` and appends its flags to the name."""
        path = self._directory / "new" / identifier
        if path.exists():
            return path
        return next(iter((self._directory / "cur").glob(f"{identifier}*")), None)

    def _read_all(self) -> Iterator[tuple[int, StoredMessage]]:
        paths = [path for name in ("new", "cur") for path in (self._directory / name).glob("*")]
        seen: set[str] = set()
        for path in paths:
            identifier = path.name[:64]
            if identifier in seen or not _ID.fullmatch(identifier):
                continue
            with suppress(FileNotFoundError):
                yield path.stat().st_mtime_ns, _parse(identifier, path.read_bytes())
                seen.add(identifier)

    @staticmethod
    def _drop_abandoned(tmp: Path) -> None:
        """Remove drafts of senders that died; Maildir's own rule is 36 hours."""
        horizon = time.time() - _ABANDONED_SECONDS
        for draft in tmp.iterdir():
            with suppress(FileNotFoundError):
                if draft.stat().st_mtime < horizon:
                    draft.unlink()


def _as_bytes(message: EmailMessage) -> bytes:
    content = message.as_bytes(policy=SMTP)
    if "Date" in message:
        return content
    return f"Date: {format_datetime(datetime.now(UTC))}\r\n".encode("ascii") + content


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _link_new(draft: Path, target: Path) -> bool:
    try:
        os.link(draft, target)
    except FileExistsError:
        return False
    finally:
        _sync_folder(target.parent)
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_for(message: StoredMessage, address: str | None) -> bool:
    return address is None or any(recipient.lower() == address for recipient in message.to)


def _parse(identifier: str, content: bytes) -> StoredMessage:
    message = message_from_bytes(content, policy=default)
    text, html = _body(message, "plain") or "", _body(message, "html")
    return StoredMessage(
        id=identifier,
        to=tuple(address for _, address in getaddresses([str(value) for value in message.get_all("To", [])])),
        sender=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        date=parsedate_to_datetime(str(message["Date"])).astimezone(UTC),
        text=text,
        html=html,
        links=_links(text, html),
    )


def _body(message: EmailMessage, subtype: str) -> str | None:
    part = message.get_body(preferencelist=(subtype,))
    if part is None:
        return None
    return str(part.get_content()).replace("\r\n", "\n")


def _links(text: str, html: str | None) -> tuple[str, ...]:
    in_text = [match.group().rstrip(".,;:!?)]") for match in _URL.finditer(text)]
    in_html = [unescape(match) for match in _HREF.findall(html or "")]
    return tuple(dict.fromkeys(in_text + in_html))

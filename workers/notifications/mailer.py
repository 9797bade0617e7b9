"""How mail leaves: an interface, and the local mailbox of the embedded run."""

from email.message import EmailMessage
from typing import Protocol

from ananta.standins.mailbox import Mailbox


class Mailer(Protocol):
    """Sends mail, each idempotency key once."""

    def send(self, message: EmailMessage, *, idempotency_key: str) -> None:
        """Send, or do nothing if this key was sent before."""
        ...


class LocalMailer:
    """Mail into a folder that a person can open."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def send(self, message: EmailMessage, *, idempotency_key: str) -> None:
        """Deliver to the mailbox."""
        self._mailbox.deliver(message, idempotency_key=idempotency_key)

"""How mail leaves: an interface, and the local mailbox of the embedded run."""

import asyncio
from email.message import EmailMessage
from typing import Protocol

from ananta.standins.mailbox import Mailbox
from workers.breaker import MAIL, Breaker
from workers.messages import Unavailable


class Mailer(Protocol):
    """Sends mail, each idempotency key once."""

    async def send(self, message: EmailMessage, *, idempotency_key: str) -> None:
        """Send, or do nothing if this key was sent before."""
        ...


class LocalMailer:
    """Mail into a folder that a person can open."""

    def __init__(self, mailbox: Mailbox, breaker: Breaker | None = None) -> None:
        self._mailbox = mailbox
        self._breaker = breaker or Breaker(MAIL)

    async def send(self, message: EmailMessage, *, idempotency_key: str) -> None:
        """Deliver to the mailbox. A disk that is full or away is a mail system that is down."""
        async with self._breaker.calling():
            try:
                await asyncio.to_thread(self._mailbox.deliver, message, idempotency_key=idempotency_key)
            except OSError as error:
                raise Unavailable(f"no mail can be written ({error.strerror or type(error).__name__})") from error

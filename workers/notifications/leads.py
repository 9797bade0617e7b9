"""Queue ``notifications``: mails that follow a change in the control plane."""

from workers.database import WorkerDatabase
from workers.messages import Finish, Message
from workers.notifications.mailer import Mailer
from workers.notifications.messages import verification


class LeadMails:
    """Sends a new lead the link that proves the address."""

    def __init__(self, database: WorkerDatabase, mailer: Mailer, public_url: str) -> None:
        self._database = database
        self._mailer = mailer
        self._public_url = public_url

    async def handle(self, message: Message) -> Finish:
        """One mail per event; the token is made here, so that no queue holds it."""
        lead = await self._database.value("select private.verification_mail(%s)", (message.subject_id,))
        if lead is not None:
            await self._mailer.send(
                verification(lead, self._public_url), idempotency_key=f"{message.event_id}/verification"
            )
        return Finish()

"""Queue ``notifications`` of the app plane: mails to members."""

from workers.database import WorkerDatabase
from workers.messages import Finish, Message
from workers.notifications.mailer import Mailer
from workers.notifications.messages import mention


class MemberMails:
    """Tells members that a comment mentions them."""

    def __init__(self, database: WorkerDatabase, mailer: Mailer, public_url: str) -> None:
        self._database = database
        self._mailer = mailer
        self._public_url = public_url

    async def handle(self, message: Message) -> Finish:
        """One mail per event, if the member may see the comment still and has not read it."""
        facts = await self._database.value("select private.mention_mail(%s)", (message.subject_id,))
        if facts is not None:
            await self._mailer.send(mention(facts, self._public_url), idempotency_key=f"{message.event_id}/mention")
        return Finish()

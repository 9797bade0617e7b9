"""Queue ``identities``: a member added in the app plane gets an account in the tenant's realm, and a link by mail."""

from workers.database import WorkerDatabase
from workers.identity.provider import IdentityProvider
from workers.messages import Finish, Message


class MemberAccounts:
    """Tells the identity provider about members; our database is the truth."""

    def __init__(self, database: WorkerDatabase, identity: IdentityProvider) -> None:
        self._database = database
        self._identity = identity

    async def handle(self, message: Message) -> Finish:
        """Make the account of a new member; the mailed link is sent once per event."""
        member = await self._database.value("select private.user_identity_request(%s)", (message.subject_id,))
        if member is None:
            return Finish()
        user = await self._identity.ensure_user(
            member["realm"],
            email=member["email"],
            first_name=member["first_name"],
            last_name=member["last_name"],
            roles=[member["role"]],
            created_by=f"user/{message.subject_id}",
        )
        await self._identity.send_password_setup(
            member["realm"], user.id, idempotency_key=f"{message.event_id}/password"
        )
        return Finish()

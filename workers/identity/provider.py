"""What the platform asks of an identity provider, whichever one it is.

Every ``ensure_*`` may be called again after a crash and returns the same: what exists is found, never made twice.
``created_by`` (a workflow's id) is kept on what is made; undoing removes only what carries one's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from workers.messages import Unavailable
from workers.workflows.types import StepRefused


class IdentityUnavailable(Unavailable):
    """The identity provider cannot be reached or fails; the same call is worth trying again."""


class IdentityRejected(StepRefused):
    """The identity provider refuses; trying the same again changes nothing."""

    def __str__(self) -> str:
        return f"{self.cause} {self.hint}".strip()


@dataclass(frozen=True, slots=True)
class ProvisionedUser:
    """A user that exists; ``created`` means that the caller's ``created_by`` made it, now or in an earlier try."""

    id: str
    created: bool
    created_by: str | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProvisionedRealm:
    """A realm that exists; ``created`` as for users."""

    realm: str
    issuer: str
    created: bool
    created_by: str | None


class IdentityProvider(Protocol):
    """Realms, users and their mailed set-up links. All raise IdentityUnavailable or IdentityRejected."""

    async def ensure_realm(
        self,
        realm: str,
        *,
        display_name: str,
        roles: Mapping[str, Sequence[str]],
        redirect_uris: Sequence[str],
        created_by: str,
    ) -> ProvisionedRealm:
        """The realm with its roles (each with its permissions) and the portal's client; one that exists is kept."""
        ...

    async def ensure_user(
        self,
        realm: str,
        *,
        email: str,
        first_name: str,
        last_name: str,
        roles: Sequence[str],
        created_by: str,
        email_verified: bool = False,
    ) -> ProvisionedUser:
        """The user with this address. One that exists keeps names and roles: ``roles`` of the answer says which."""
        ...

    async def send_password_setup(
        self, realm: str, user_id: str, *, idempotency_key: str, redirect_uri: str | None = None
    ) -> None:
        """Mail the user a single-use link to set the password; once per key."""
        ...

    async def delete_user(self, realm: str, user_id: str, *, only_if_created_by: str) -> bool:
        """Remove the user if that workflow made it; ``False`` where there was nothing of it to remove."""
        ...

    async def delete_realm(self, realm: str, *, only_if_created_by: str) -> bool:
        """Remove the realm if that workflow made it; ``False`` where there was nothing of it to remove."""
        ...

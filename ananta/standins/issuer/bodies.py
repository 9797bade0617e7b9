"""Bodies of the admin API, in Keycloak's names where it has them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

RealmName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Permission = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_:.-]{0,126}$")]
ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        max_length=254,
        pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$",
    ),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Uri = Annotated[str, StringConstraints(max_length=2000)]


class _Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class ClientBody(_Body):
    """A public client."""

    redirect_uris: list[Uri]
    audiences: list[str] = Field(default_factory=lambda: ["ananta", "account"])


class NamedClientBody(ClientBody):
    """A public client with its id."""

    client_id: ClientId


class RealmBody(_Body):
    """A realm with roles (each with its permissions) and clients."""

    realm: RealmName
    display_name: Name
    roles: dict[RoleName, list[Permission]] = Field(default_factory=dict)
    clients: list[NamedClientBody] = Field(default_factory=list)
    attributes: dict[str, str] = Field(default_factory=dict)


class UserBody(_Body):
    """A user; a password is set by its owner."""

    email: Email
    first_name: Name = ""
    last_name: Name = ""
    roles: list[RoleName] = Field(default_factory=list)
    attributes: dict[str, list[str]] = Field(default_factory=dict)
    required_actions: list[Annotated[str, StringConstraints(pattern="^UPDATE_PASSWORD$")]] = Field(default_factory=list)
    email_verified: bool = False


class RolesBody(_Body):
    """The roles a user has from now on."""

    roles: list[RoleName]


class PasswordBody(_Body):
    """A password for a demo user."""

    type: Annotated[str, StringConstraints(pattern="^password$")] = "password"
    value: str
    temporary: Annotated[bool, Field(json_schema_extra={"const": False})] = False


class ActionsBody(_Body):
    """Which mail to send, once per key."""

    idempotency_key: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    client_id: ClientId | None = None
    redirect_uri: Uri | None = None

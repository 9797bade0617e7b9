"""The realms that exist from the first start: platform operators, and the users of the control plane."""

from ananta.standins.issuer.context import Issuer
from ananta.standins.issuer.keys import new_private_key
from ananta.standins.issuer.realms import Client, create_realm, find_realm, put_client, put_roles

PORTAL_CLIENT = "ananta-portal"
LOOPBACK_CALLBACK = "http://127.0.0.1/callback"

_VIEWER = ["tenant:read", "members:read", "subscription:read", "invoices:read"]
_MEMBER = [*_VIEWER, "usage:read"]
_ADMIN = [*_MEMBER, "tenant:write", "members:invite", "members:write"]
_OWNER = [*_ADMIN, "subscription:write", "tenant:delete", "members:transfer-ownership"]

BUILT_IN: dict[str, tuple[str, dict[str, list[str]]]] = {
    "master": ("Ananta operators", {"operator": ["platform:operate"]}),
    "arc-saas": ("Ananta", {"owner": _OWNER, "admin": _ADMIN, "member": _MEMBER, "viewer": _VIEWER}),
}


def ensure_built_in_realms(issuer: Issuer, public_url: str) -> None:
    """Create what is missing, and bring roles and the portal client to what this version declares."""
    portal = Client(PORTAL_CLIENT, (f"{public_url}/callback", LOOPBACK_CALLBACK))
    for name, (display_name, roles) in BUILT_IN.items():
        with issuer.store.read() as connection:
            exists = find_realm(connection, name) is not None
        private_key = None if exists else new_private_key()
        with issuer.store.write() as connection:
            if private_key is not None:
                create_realm(
                    connection,
                    name,
                    display_name=display_name,
                    attributes={},
                    private_key=private_key,
                    now=issuer.clock(),
                    built_in=True,
                )
            put_roles(connection, name, roles)
            put_client(connection, name, portal)

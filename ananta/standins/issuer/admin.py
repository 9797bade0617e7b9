"""Admin API for realms and clients, for the platform's worker; every write is one transaction."""

import secrets
from typing import Any

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from ananta.standins.issuer.bodies import ClientBody, ClientId, RealmBody
from ananta.standins.issuer.context import Issuer, IssuerDep
from ananta.standins.issuer.errors import AdminError
from ananta.standins.issuer.keys import new_private_key
from ananta.standins.issuer.realms import (
    Client,
    Realm,
    create_realm,
    delete_realm,
    find_realm,
    put_client,
    put_roles,
    realm_clients,
    realm_roles,
)

log = structlog.get_logger()

REALM_EXISTS = "Conflict detected. See logs for details: a realm of this name exists."


def require_admin(request: Request, issuer: IssuerDep) -> None:
    """Let through who knows the admin secret."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    is_right = secrets.compare_digest(given.encode(), issuer.admin_secret.encode())
    if scheme.lower() != "bearer" or not is_right:
        raise AdminError(401, "unauthorized", "The admin API needs the admin secret as bearer token.")


router = APIRouter(prefix="/auth/admin/realms", dependencies=[Depends(require_admin)])


def existing_realm(realm: str, issuer: IssuerDep) -> Realm:
    """The realm of the path."""
    with issuer.store.read() as connection:
        found = find_realm(connection, realm)
    if found is None:
        raise AdminError(404, "realm_not_found", "Realm not found.")
    return found


@router.post("")
def post_realm(body: RealmBody, issuer: IssuerDep) -> JSONResponse:
    """Create a realm with roles and clients; 409 where it exists."""
    with issuer.store.read() as connection:
        exists = find_realm(connection, body.realm) is not None
    if exists or not _insert(issuer, body):
        raise AdminError(409, "realm_exists", REALM_EXISTS)
    log.info("realm_created", realm=body.realm)
    location = f"{issuer.base_url}/admin/realms/{body.realm}"
    return JSONResponse({"realm": body.realm}, status_code=201, headers={"Location": location})


@router.get("/{realm}")
def get_realm(realm: str, issuer: IssuerDep) -> JSONResponse:
    """A realm with roles and clients, without its private key."""
    found = existing_realm(realm, issuer)
    with issuer.store.read() as connection:
        return JSONResponse(
            {
                "id": found.id,
                "realm": found.name,
                "displayName": found.display_name,
                "enabled": True,
                "attributes": found.attributes,
                "roles": realm_roles(connection, realm),
                "clients": [_client_json(client) for client in realm_clients(connection, realm)],
            }
        )


@router.delete("/{realm}")
def remove_realm(realm: str, issuer: IssuerDep) -> Response:
    """Remove a realm with everything in it; the two built-in ones stay."""
    found = existing_realm(realm, issuer)
    if found.built_in:
        raise AdminError(403, "realm_built_in", "This realm belongs to the platform itself and stays.")
    with issuer.store.write() as connection:
        delete_realm(connection, realm)
    log.info("realm_deleted", realm=realm)
    return Response(status_code=204)


@router.put("/{realm}/clients/{client_id}")
def replace_client(realm: str, client_id: ClientId, body: ClientBody, issuer: IssuerDep) -> Response:
    """Create a client or replace its settings."""
    existing_realm(realm, issuer)
    with issuer.store.write() as connection:
        put_client(connection, realm, Client(client_id, tuple(body.redirect_uris), tuple(body.audiences)))
    return Response(status_code=204)


def _insert(issuer: Issuer, body: RealmBody) -> bool:
    private_key = new_private_key()
    with issuer.store.write() as connection:
        created = create_realm(
            connection,
            body.realm,
            display_name=body.display_name,
            attributes=body.attributes,
            private_key=private_key,
            now=issuer.clock(),
        )
        if created:
            put_roles(connection, body.realm, body.roles)
            for client in body.clients:
                settings = Client(client.client_id, tuple(client.redirect_uris), tuple(client.audiences))
                put_client(connection, body.realm, settings)
    return created


def _client_json(client: Client) -> dict[str, Any]:
    return {
        "clientId": client.client_id,
        "publicClient": True,
        "redirectUris": list(client.redirect_uris),
        "audiences": list(client.audiences),
    }

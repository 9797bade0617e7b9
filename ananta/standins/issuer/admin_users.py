"""Admin API for the users of a realm; every write is one transaction."""

import sqlite3
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse

from ananta.standins.issuer.action_links import send_link
from ananta.standins.issuer.admin import existing_realm, require_admin
from ananta.standins.issuer.bodies import ActionsBody, PasswordBody, RolesBody, UserBody
from ananta.standins.issuer.context import IssuerDep
from ananta.standins.issuer.errors import AdminError
from ananta.standins.issuer.passwords import hash_password, policy_violation
from ananta.standins.issuer.realms import Realm, find_client
from ananta.standins.issuer.users import (
    NewUser,
    User,
    create_user,
    delete_user,
    end_sessions,
    find_user,
    find_user_by_email,
    set_password_hash,
    set_roles,
)

router = APIRouter(prefix="/auth/admin/realms/{realm}/users", dependencies=[Depends(require_admin)])
log = structlog.get_logger()

RealmDep = Annotated[Realm, Depends(existing_realm)]


@router.post("")
def post_user(body: UserBody, realm: RealmDep, issuer: IssuerDep) -> JSONResponse:
    """Create a user; 409 where the address is taken."""
    new = NewUser(
        email=body.email,
        first_name=body.first_name,
        last_name=body.last_name,
        roles=body.roles,
        attributes=body.attributes,
        required_actions=body.required_actions,
        email_verified=body.email_verified,
    )
    with issuer.store.write() as connection:
        user_id = create_user(connection, realm.name, new, issuer.clock())
    if user_id is None:
        raise AdminError(409, "user_exists", "User exists with same email")
    log.info("user_created", realm=realm.name, user_id=user_id)
    location = f"{issuer.base_url}/admin/realms/{realm.name}/users/{user_id}"
    return JSONResponse({"id": user_id}, status_code=201, headers={"Location": location})


@router.get("")
def get_users(realm: RealmDep, issuer: IssuerDep, email: Annotated[str, Query()]) -> JSONResponse:
    """The user with this address: a list of one or none."""
    with issuer.store.read() as connection:
        user = find_user_by_email(connection, realm.name, email)
    return JSONResponse([_user_json(user)] if user is not None else [])


@router.get("/{user_id}")
def get_user(user_id: str, realm: RealmDep, issuer: IssuerDep) -> JSONResponse:
    """One user."""
    with issuer.store.read() as connection:
        return JSONResponse(_user_json(_existing(connection, realm, user_id)))


@router.delete("/{user_id}")
def remove_user(user_id: str, realm: RealmDep, issuer: IssuerDep) -> Response:
    """Remove a user; their sessions end."""
    with issuer.store.write() as connection:
        _existing(connection, realm, user_id)
        delete_user(connection, user_id)
    log.info("user_deleted", realm=realm.name, user_id=user_id)
    return Response(status_code=204)


@router.put("/{user_id}/roles")
def replace_roles(user_id: str, body: RolesBody, realm: RealmDep, issuer: IssuerDep) -> Response:
    """Replace a user's roles; the next token has them."""
    with issuer.store.write() as connection:
        _existing(connection, realm, user_id)
        set_roles(connection, realm.name, user_id, body.roles)
    return Response(status_code=204)


@router.put("/{user_id}/reset-password")
def reset_password(user_id: str, body: PasswordBody, realm: RealmDep, issuer: IssuerDep) -> Response:
    """Give a demo user a password; everyone else sets their own."""
    if body.temporary:
        raise AdminError(400, "temporary_password", "The development issuer has no temporary passwords.")
    with issuer.store.read() as connection:
        user = _existing(connection, realm, user_id)
    violation = policy_violation(body.value, email=user.email)
    if violation is not None:
        raise AdminError(400, "password_policy", violation)
    password_hash = hash_password(body.value)
    with issuer.store.write() as connection:
        _existing(connection, realm, user_id)
        set_password_hash(connection, user_id, password_hash, verifies_email=False, now=issuer.clock())
    return Response(status_code=204)


@router.post("/{user_id}/execute-actions-email")
def execute_actions_email(user_id: str, body: ActionsBody, realm: RealmDep, issuer: IssuerDep) -> Response:
    """Mail the link to set the password; the same key mails once."""
    if body.redirect_uri is not None:
        with issuer.store.read() as connection:
            client = find_client(connection, realm.name, body.client_id or "")
        if client is None or not client.accepts(body.redirect_uri):
            raise AdminError(400, "redirect_uri_invalid", "Invalid redirect uri.", "Register it with the client.")
    mailed = send_link(issuer, realm, user_id, body.idempotency_key, body.redirect_uri)
    log.info("set_password_link", realm=realm.name, user_id=user_id, mailed=mailed)
    return Response(status_code=204)


@router.post("/{user_id}/logout")
def logout(user_id: str, realm: RealmDep, issuer: IssuerDep) -> Response:
    """End all sessions of a user."""
    with issuer.store.write() as connection:
        _existing(connection, realm, user_id)
        end_sessions(connection, user_id, issuer.clock())
    return Response(status_code=204)


def _existing(connection: sqlite3.Connection, realm: Realm, user_id: str) -> User:
    user = find_user(connection, realm.name, user_id)
    if user is None:
        raise AdminError(404, "user_not_found", "User not found")
    return user


def _user_json(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.email,
        "email": user.email,
        "emailVerified": user.email_verified,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "enabled": True,
        "requiredActions": list(user.required_actions),
        "attributes": user.attributes,
        "roles": list(user.roles),
    }

"""App plane edge (:27510): uploads, the bootstrap call, webhooks in, and token exchange. All else is PostgREST's."""

import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import FastAPI, File, Form, Header, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse
from psycopg.types.json import Jsonb
from pydantic import BaseModel, EmailStr, NonNegativeInt

from ananta.files import FileStore, FileTooLargeError, LocalFiles, StoredFile
from ananta.settings import Plane, Settings
from edge_api import exchange
from edge_api.application import make_app
from edge_api.database import Database
from edge_api.problems import ProblemError
from edge_api.tokens import PlatformTokens
from edge_api.webhooks import SignedRequests

UPLOAD_BLOCK_BYTES = 256 * 1024


class AdminUser(BaseModel):
    """The tenant's first admin."""

    email: EmailStr
    firstName: str  # noqa: N815 - the name on the wire
    lastName: str  # noqa: N815


class Limits(BaseModel):
    """Limits of a plan; null is unlimited."""

    maxUsers: NonNegativeInt | None = None  # noqa: N815
    maxComponents: NonNegativeInt | None = None  # noqa: N815
    maxStorageGb: NonNegativeInt | None = None  # noqa: N815


class Bootstrap(BaseModel):
    """Body of ``POST /api/bootstrap``."""

    tenantId: uuid.UUID  # noqa: N815
    tenantKey: str  # noqa: N815
    tenantName: str  # noqa: N815
    planId: str  # noqa: N815
    adminUser: AdminUser  # noqa: N815
    limits: Limits


class TenantProvisioned(BaseModel):
    """Body of the event ``tenant.provisioned``."""

    event: str
    tenantId: uuid.UUID  # noqa: N815
    tenantKey: str  # noqa: N815
    planId: str  # noqa: N815
    limits: Limits


def create_app(settings: Settings) -> FastAPI:
    """The app plane's edge app."""
    settings.refuse_stand_in("The file store in a folder")
    database = Database(settings.app_edge_database_url)
    app = make_app(
        "Ananta app plane edge",
        database,
        on_start=[("select private.register_issuer_base(%s, %s)", (settings.issuer_url, []))],
    )
    tokens = PlatformTokens(Plane.APP, settings)
    _add_plane_calls(app, database, settings)
    _add_boms(app, database, tokens, LocalFiles(settings.files_dir), settings.bom_max_bytes)

    async def identify(subject: dict[str, Any], _: str | None) -> dict[str, Any]:
        claims: dict[str, Any] = await database.value(
            "select private.exchange_identity(%s, %s, %s, %s)",
            (subject["iss"], subject["sub"], subject.get("email"), subject.get("email_verified") is True),
        )
        return claims

    app.include_router(exchange.router(exchange.RealmTokens(database, settings), tokens, identify))
    return app


def _add_plane_calls(app: FastAPI, database: Database, settings: Settings) -> None:
    signed = SignedRequests(settings.webhook_secret)

    @app.post("/api/bootstrap")
    async def bootstrap(request: Request) -> dict[str, Any]:
        """Make a tenant's organization. Signed; idempotent per tenantId."""
        _, content = await signed.read(request)
        body = Bootstrap.model_validate(content).model_dump(mode="json")
        answer: dict[str, Any] = await database.value(
            "select private.bootstrap_organization(%s, %s)", (Jsonb(body), settings.issuer_url)
        )
        portal_url = f"{settings.public_url}/app/{answer.pop('slug')}"
        return answer | {"portalUrl": portal_url}

    @app.post("/api/bootstrap/undo")
    async def undo_bootstrap(request: Request) -> dict[str, str]:
        """Close a tenant's organization again. Signed; idempotent per tenantId."""
        _, content = await signed.read(request)
        await database.value("select private.deprovision_organization(%s)", (uuid.UUID(str(content.get("tenantId"))),))
        return {"status": "deprovisioned"}

    @app.post("/webhooks/tenant-provisioned")
    @app.post("/webhook/tenant-provisioned", include_in_schema=False)
    async def tenant_provisioned(request: Request) -> dict[str, str]:
        """Event tenant.provisioned. Signed; a repeated event changes nothing."""
        event_id, content = await signed.read(request)
        body = TenantProvisioned.model_validate(content).model_dump(mode="json")
        is_new = await database.value("select private.confirm_tenant(%s, %s)", (event_id, Jsonb(body)))
        return {"status": "processed" if is_new else "duplicate"}


def _add_boms(app: FastAPI, database: Database, tokens: PlatformTokens, files: FileStore, max_bytes: int) -> None:
    @app.post("/api/boms")
    async def upload_bom(
        request: Request,
        file: Annotated[UploadFile, File()],
        name: Annotated[str | None, Form(max_length=200)] = None,
        project_id: Annotated[uuid.UUID | None, Form()] = None,
        idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
    ) -> JSONResponse:
        """Store a BOM file and start its import; progress is in ``boms`` through PostgREST."""
        claims = tokens.caller(request)
        await database.value("select private.require_permission('boms:write')", claims=claims)
        file_name = _plain_name(file.filename)
        try:
            stored = await files.save(uuid.UUID(claims["organization_id"]), _blocks(file), max_bytes)
        except FileTooLargeError as error:
            raise ProblemError(
                413, "bom_too_large", f"The file may have at most {max_bytes} bytes; split it."
            ) from error
        query = "select to_jsonb(b) from private.create_bom(%s, %s, %s, %s, %s, %s) as b"
        parameters = (project_id, name or file_name, file_name, stored.sha256, stored.size, idempotency_key)
        bom = await database.value(query, parameters, claims=claims)
        await _keep_file(files, uuid.UUID(claims["organization_id"]), stored, file)
        return JSONResponse(bom, status_code=202, headers={"Location": f"/api/app/rest/v1/boms?id=eq.{bom['id']}"})

    @app.get("/api/boms/{bom_id}/file")
    async def download_bom(bom_id: uuid.UUID, request: Request) -> FileResponse:
        """The original file, as it was uploaded."""
        async with database.transaction(tokens.caller(request)) as connection:
            row = await (await connection.execute("select * from private.bom_file(%s)", (bom_id,))).fetchone()
        if row is None:
            raise ProblemError(404, "bom_not_found", "Check the id of the BOM.")
        return FileResponse(
            files.path(row["organization_id"], row["file_sha256"]),
            media_type="application/octet-stream",
            filename=row["file_name"],
            headers={"X-Content-Type-Options": "nosniff"},
        )


async def _keep_file(files: FileStore, organization_id: uuid.UUID, stored: StoredFile, file: UploadFile) -> None:
    """Store the content again if a BOM deleted meanwhile took it along; from now on the new BOM holds it."""
    try:
        files.path(organization_id, stored.sha256)
    except FileNotFoundError:
        await file.seek(0)
        await files.save(organization_id, _blocks(file), stored.size)


async def _blocks(file: UploadFile) -> AsyncIterator[bytes]:
    while block := await file.read(UPLOAD_BLOCK_BYTES):
        yield block


def _plain_name(name: str | None) -> str:
    """A file's name for people: no folders, no control characters; it is never used as a path."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[:200] or "bom"

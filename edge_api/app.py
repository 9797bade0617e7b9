"""App plane edge (:27510): BOM files, the bootstrap call, webhooks in, and token exchange. All else is PostgREST's."""

import uuid
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from psycopg.types.json import Jsonb
from pydantic import BaseModel, EmailStr, NonNegativeInt, PositiveInt, StringConstraints

from ananta.files import LocalFiles
from ananta.settings import Plane, Settings
from edge_api import boms, exchange, once_rest
from edge_api.application import make_app
from edge_api.call_intake import add_call_intake
from edge_api.database import Database
from edge_api.tokens import PlatformTokens
from edge_api.webhooks import SignedRequests


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
    maxApiCalls: NonNegativeInt | None = None  # noqa: N815
    maxApiCallsPerMinute: PositiveInt | None = None  # noqa: N815
    auditDays: NonNegativeInt | None = None  # noqa: N815


Features = list[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]]


class Bootstrap(BaseModel):
    """Body of ``POST /api/bootstrap``."""

    tenantId: uuid.UUID  # noqa: N815
    tenantKey: str  # noqa: N815
    tenantName: str  # noqa: N815
    planId: str  # noqa: N815
    adminUser: AdminUser  # noqa: N815
    limits: Limits
    features: Features | None = None


class TenantProvisioned(BaseModel):
    """Body of the event ``tenant.provisioned``."""

    event: str
    tenantId: uuid.UUID  # noqa: N815
    tenantKey: str  # noqa: N815
    planId: str  # noqa: N815
    limits: Limits
    features: Features | None = None
    version: NonNegativeInt = 0


class SubscriptionChanged(BaseModel):
    """Body of the event ``subscription.changed``."""

    event: Literal["subscription.changed"]
    tenantId: uuid.UUID  # noqa: N815
    previousPlan: str | None = None  # noqa: N815
    newPlan: str  # noqa: N815
    newLimits: Limits  # noqa: N815
    newFeatures: Features | None = None  # noqa: N815
    version: NonNegativeInt


class TenantSettings(BaseModel):
    """Body of the event ``tenant.settings_changed``; a later one has the higher revision."""

    event: str
    tenantId: uuid.UUID  # noqa: N815
    settings: dict[str, Any]
    revision: NonNegativeInt


def create_app(settings: Settings) -> FastAPI:
    """The app plane's edge app."""
    settings.refuse_stand_in("The file store in a folder")
    database, http = Database(settings.app_edge_database_url), once_rest.transport()
    app = make_app(
        "Ananta app plane edge",
        database,
        on_start=[("select private.register_issuer_base(%s, %s)", (settings.issuer_url, []))],
        http=http,
    )
    tokens = PlatformTokens(Plane.APP, settings)
    _add_plane_calls(app, database, settings)
    app.include_router(once_rest.router(database, tokens, http, settings.app_rest_url))
    app.include_router(boms.router(database, tokens, LocalFiles(settings.files_dir), settings.bom_max_bytes))

    async def identify(subject: dict[str, Any], _: str | None) -> dict[str, Any]:
        claims: dict[str, Any] = await database.value(
            "select private.exchange_identity(%s, %s, %s, %s)",
            (subject["iss"], subject["sub"], subject.get("email"), subject.get("email_verified") is True),
        )
        return claims

    add_call_intake(app, database, settings.gateway_webhook_secret)
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

    @app.post("/webhooks/subscription-changed")
    @app.post("/webhook/subscription-changed", include_in_schema=False)
    async def subscription_changed(request: Request) -> dict[str, Any]:
        """Event subscription.changed. Signed; the answer says how the use stands to the new limits."""
        event_id, content = await signed.read(request)
        body = SubscriptionChanged.model_validate(content).model_dump(mode="json")
        answer: dict[str, Any] = await database.value(
            "select private.change_subscription(%s, %s)", (event_id, Jsonb(body))
        )
        return answer

    @app.post("/webhooks/tenant-settings")
    async def tenant_settings(request: Request) -> dict[str, str]:
        """Event tenant.settings_changed. Signed; a repeated or an older event changes nothing."""
        event_id, content = await signed.read(request)
        body = TenantSettings.model_validate(content).model_dump(mode="json")
        is_new = await database.value("select private.apply_tenant_settings(%s, %s)", (event_id, Jsonb(body)))
        return {"status": "processed" if is_new else "duplicate"}

"""Control plane edge (:14000 and :14001): public signup and token exchange. All else is PostgREST's."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, EmailStr, StringConstraints

from ananta.settings import Plane, Settings
from edge_api import exchange, once_rest, signup_pages
from edge_api.application import make_app
from edge_api.database import Database
from edge_api.gateway.addresses import counted_address
from edge_api.idempotency import key_of, value_once
from edge_api.problems import ProblemError, from_database
from edge_api.tokens import PlatformTokens, bearer
from edge_api.usage_reports import add_usage_reports

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f<>]+$")
]
LongName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f<>]+$")
]


class Body(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class LeadBody(Body):
    """A company that wants to sign up."""

    firstName: Name  # noqa: N815 - the name on the wire
    lastName: Name  # noqa: N815
    companyName: LongName  # noqa: N815
    email: EmailStr
    source: Annotated[str, StringConstraints(max_length=50, pattern=r"^[a-z0-9_-]+$")] | None = None


class VerificationBody(Body):
    """The token of the mailed link."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AddressBody(Body):
    """A billing address; ``country`` is an ISO 3166-1 alpha-2 code."""

    line1: LongName
    line2: LongName | None = None
    city: LongName
    region: LongName | None = None
    postalCode: Name | None = None  # noqa: N815
    country: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]


class TenantBody(Body):
    """The tenant a verified lead wants."""

    key: Annotated[str, StringConstraints(max_length=100)]
    planId: Annotated[str, StringConstraints(max_length=100)]  # noqa: N815
    name: LongName | None = None
    address: AddressBody | None = None


def create_app(settings: Settings) -> FastAPI:
    """The control plane's edge app."""
    database, http = Database(settings.control_edge_database_url), once_rest.transport()
    app = make_app(
        "Ananta control plane edge",
        database,
        on_start=[
            ("select private.register_issuer_base(%s, %s)", (settings.issuer_url, ["master", "arc-saas"])),
            (
                "select private.register_app_plane('default', %s, %s)",
                (settings.app_edge_url, f"{settings.public_url}/app"),
            ),
        ],
        http=http,
    )
    tokens = PlatformTokens(Plane.CONTROL, settings)
    app.include_router(once_rest.router(database, tokens, http, settings.control_rest_url))
    _add_signup(app, database, settings.leads_per_hour)
    add_usage_reports(app, database, settings.webhook_secret)

    async def identify(subject: dict[str, Any], tenant_id: str | None) -> dict[str, Any]:
        claims: dict[str, Any] = await database.value(
            "select private.exchange_identity(%s, %s, %s, %s, %s::uuid)",
            (subject["iss"], subject["sub"], subject.get("email"), subject.get("email_verified") is True, tenant_id),
        )
        return claims

    app.include_router(exchange.router(exchange.RealmTokens(database, settings), tokens, identify))
    return app


def _add_signup(app: FastAPI, database: Database, leads_per_hour: int) -> None:
    @app.post("/api/leads", status_code=202)
    async def register_lead(body: LeadBody, request: Request, response: Response) -> dict[str, str]:
        """Register a lead; the answer is the same whether or not the address is known."""
        client = _client(request)
        values = (body.firstName, body.lastName, body.companyName, body.email, body.source, client, leads_per_hour)
        query = "select private.register_lead(%s, %s, %s, %s, %s, %s, %s)"
        key = key_of(request, body.model_dump(), owner=f"address:{client}")
        outcome = await value_once(database, key, query, values, check=_refuse_excess)
        response.headers.update(outcome.headers)
        return {"status": "accepted", "message": "We sent a link to this address. Open it to verify the address."}

    @app.get("/api/leads/verify", response_class=HTMLResponse)
    async def verification_page(token: Annotated[str, Query(max_length=200)]) -> HTMLResponse:
        """The page of the mailed link. It uses nothing up: mail scanners open links too."""
        return signup_pages.confirm(token)

    @app.post("/api/leads/verify")
    async def verify_lead(body: VerificationBody) -> dict[str, Any]:
        """Use the mailed token up; returns the lead token."""
        return await _verify(database, body.token)

    @app.post("/api/leads/verify/form", response_class=HTMLResponse, include_in_schema=False)
    async def verify_lead_by_form(token: Annotated[str, Form(max_length=200)]) -> Response:
        try:
            return signup_pages.verified(await _verify(database, token))
        except ProblemError as problem:
            return signup_pages.refused(problem)

    @app.get("/api/leads/progress")
    async def lead_progress(request: Request) -> Any:
        """How far the signup is, and why it waits."""
        return await database.value("select private.lead_progress(%s)", (bearer(request),))

    @app.post("/api/tenants")
    async def create_tenant(body: TenantBody, request: Request) -> JSONResponse:
        """Create the lead's tenant and start its provisioning."""
        token, content = bearer(request), body.model_dump(exclude_none=True)
        lead_id = await database.value("select private.lead_of_token(%s)", (token,))
        key = key_of(request, content, owner=f"lead:{lead_id}")
        outcome = await value_once(database, key, "select private.create_tenant(%s, %s)", (token, Jsonb(content)))
        return JSONResponse(outcome.value, status_code=202, headers=outcome.headers)

    @app.get("/api/tenant-keys/{key}")
    async def tenant_key(key: str, request: Request) -> dict[str, Any]:
        """Whether a tenant key can be had."""
        query = "select private.take_rate_limit(%s, 120, interval '1 hour')"
        _refuse_excess(await database.value(query, (f"tenant-key:{_client(request)}",)))
        problem = await database.value("select private.tenant_key_problem(%s)", (key,))
        return {"key": key, "available": problem is None, "reason": problem}


async def _verify(database: Database, token: str) -> dict[str, Any]:
    import psycopg

    try:
        answer: dict[str, Any] = await database.value("select private.verify_lead(%s)", (token,))
    except psycopg.Error as error:
        raise from_database(error) from error
    return answer


def _refuse_excess(wait: int) -> None:
    """A rate-limited query gives the seconds to wait, 0 when it was done."""
    if wait:
        raise ProblemError(
            429, "too_many_requests", f"Try again in {wait} seconds.", headers={"Retry-After": str(wait)}
        )


def _client(request: Request) -> str:
    """The caller's address as the gateway saw it, and as it counts where callers are limited."""
    forwarded = request.headers.get("x-forwarded-for", "")
    return counted_address(forwarded.split(",")[0].strip() or (request.client.host if request.client else "unknown"))

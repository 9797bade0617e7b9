"""TenantProvisioningWorkflow: the first admin, the tenant's own realm, its organization, its welcome."""

from dataclasses import dataclass

from ananta.settings import Settings
from workers.database import WorkerDatabase
from workers.identity.permissions import CONTROL_ROLE, TENANT_ROLES
from workers.identity.provider import IdentityProvider
from workers.notifications.mailer import Mailer
from workers.notifications.messages import welcome
from workers.webhooks.sender import PlaneClient
from workers.workflows.types import Json, Step, StepContext, Workflow

CONTROL_REALM = "arc-saas"


@dataclass(frozen=True)
class Provisioning:
    """The activities, over the outside systems they call."""

    database: WorkerDatabase
    identity: IdentityProvider
    plane: PlaneClient
    mailer: Mailer
    settings: Settings

    def workflow(self) -> Workflow:
        """The declaration."""
        return Workflow(
            "TenantProvisioningWorkflow",
            (
                Step("createIdpUser", self.create_idp_user, self.delete_idp_user),
                Step("createIdpRealm", self.create_idp_realm, self.delete_idp_realm),
                Step("provisionAppPlane", self.provision_app_plane, self.deprovision_app_plane),
                Step("sendWelcomeEmail", self.send_welcome_email, self.keep_welcome_email),
            ),
        )

    async def create_idp_user(self, context: StepContext) -> Json:
        """The tenant's first admin in the control plane's realm; a link to set the password goes to a new one."""
        return await self._ensure_owner(context, CONTROL_REALM, CONTROL_ROLE)

    async def delete_idp_user(self, context: StepContext) -> Json:
        """Only a user that this run made, or an earlier one that was undone; one with another tenant stays."""
        user_id = (
            context.outputs.get("createIdpUser", {}).get("userId")
            or (await self._ensure_owner(context, CONTROL_REALM, CONTROL_ROLE, mail=False))["userId"]
        )
        makers: list[str] = await self.database.value(
            "select private.removable_workflow_marks(%s)", (context.workflow_id,)
        )
        for maker in makers:
            await self.identity.delete_user(CONTROL_REALM, user_id, only_if_created_by=maker)
        return {}

    async def create_idp_realm(self, context: StepContext) -> Json:
        """The tenant's realm with roles and portal client, and the same person as its owner."""
        realm = _realm(context)
        await self.identity.ensure_realm(
            realm,
            display_name=context.input["tenantName"],
            roles=TENANT_ROLES,
            redirect_uris=[f"{context.input['portalUrl']}/callback", "http://127.0.0.1/callback"],
            created_by=context.workflow_id,
        )
        return {"realm": realm} | await self._ensure_owner(context, realm, "owner")

    async def delete_idp_realm(self, context: StepContext) -> Json:
        """The realm with everything in it."""
        await self.identity.delete_realm(_realm(context), only_if_created_by=context.workflow_id)
        return {}

    async def provision_app_plane(self, context: StepContext) -> Json:
        """The bootstrap call; its answer is the callback."""
        names = ("tenantId", "tenantKey", "tenantName", "planId", "adminUser", "limits", "features")
        body = {name: context.input.get(name) for name in names}
        return await self.plane.call(
            context.input["appPlaneUrl"], "/api/bootstrap", body, event_key=context.workflow_id
        )

    async def deprovision_app_plane(self, context: StepContext) -> Json:
        """The organization serves nobody any more."""
        body = {"tenantId": context.input["tenantId"]}
        key = f"{context.workflow_id}/undo"
        return await self.plane.call(context.input["appPlaneUrl"], "/api/bootstrap/undo", body, event_key=key)

    async def send_welcome_email(self, context: StepContext) -> Json:
        """Login instructions, portal address and getting-started guide."""
        message = welcome(context.input, f"{self.settings.public_url}/api/app")
        await self.mailer.send(message, idempotency_key=f"{context.workflow_id}/welcome")
        return {"sent": True}

    async def keep_welcome_email(self, context: StepContext) -> Json:
        """A mail cannot be called back."""
        return {"kept": bool(context.outputs.get("sendWelcomeEmail"))}

    async def _ensure_owner(self, context: StepContext, realm: str, role: str, *, mail: bool = True) -> Json:
        admin = context.input["adminUser"]
        user = await self.identity.ensure_user(
            realm,
            email=admin["email"],
            first_name=admin["firstName"],
            last_name=admin["lastName"],
            roles=[role],
            created_by=context.workflow_id,
        )
        if mail and user.created:
            await self.identity.send_password_setup(realm, user.id, idempotency_key=f"{context.workflow_id}/{realm}")
        return {"userId": user.id, "created": user.created}


def _realm(context: StepContext) -> str:
    return f"tenant-{context.input['tenantKey']}"

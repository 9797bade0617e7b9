"""Signed calls from the other plane (Standard Webhooks): only the body whose signature holds is read."""

import json
import uuid
from typing import Any

from fastapi import Request
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from edge_api.problems import ProblemError

MAX_BODY_BYTES = 64 * 1024


class SignedRequests:
    """Verifies requests signed with the secret both planes hold."""

    def __init__(self, secret: SecretStr | None) -> None:
        if secret is None:
            raise SystemExit("ANANTA_WEBHOOK_SECRET is not set.")
        self._webhook = Webhook(secret.get_secret_value())

    async def read(self, request: Request) -> tuple[uuid.UUID, dict[str, Any]]:
        """The event id and the body of a request whose signature and time hold.

        Raises ProblemError ``signature_invalid`` for any other.
        """
        body = await request.body()
        try:
            if len(body) > MAX_BODY_BYTES:
                raise _invalid()
            self._webhook.verify(body, dict(request.headers))
            content = json.loads(body)
            event_id = uuid.UUID(request.headers["webhook-id"])
        except (WebhookVerificationError, ValueError, KeyError) as error:
            raise _invalid() from error
        if not isinstance(content, dict):
            raise _invalid()
        return event_id, content


def _invalid() -> ProblemError:
    return ProblemError(401, "signature_invalid", "Sign the request as the Standard Webhooks specification says.")

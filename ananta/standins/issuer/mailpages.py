"""The mailbox as pages for a person and as JSON for tests and the demo."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, RedirectResponse

from ananta.standins.issuer.context import IssuerDep
from ananta.standins.issuer.errors import PageError
from ananta.standins.issuer.pages import page
from ananta.standins.mailbox import StoredMessage

router = APIRouter(prefix="/mailbox")

_URL = re.compile(r"(https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]])")


@router.get("")
def to_list() -> Response:
    """Relative links of the list need its slash."""
    return RedirectResponse("/mailbox/", status_code=308)


@router.get("/")
def show_list(issuer: IssuerDep) -> Response:
    """All mail, newest first."""
    return page("mailbox_list.html", messages=issuer.mailbox.messages())


@router.get("/api/messages")
def list_messages(issuer: IssuerDep, to: Annotated[str | None, Query()] = None) -> JSONResponse:
    """Messages, newest first; those to one address if it is given."""
    return JSONResponse(
        [_json(message) for message in issuer.mailbox.messages(to)], headers={"Cache-Control": "no-store"}
    )


@router.get("/{identifier}")
def show_message(identifier: str, issuer: IssuerDep) -> Response:
    """One message: its text, with links to click."""
    message = issuer.mailbox.message(identifier)
    if message is None:
        raise PageError(404, "Not found", "There is no such message.")
    pieces = [(piece, index % 2 == 1) for index, piece in enumerate(_URL.split(message.text)) if piece]
    return page("mailbox_message.html", message=message, pieces=pieces)


def _json(message: StoredMessage) -> dict[str, Any]:
    content: dict[str, Any] = {
        "id": message.id,
        "to": ", ".join(message.to),
        "subject": message.subject,
        "date": message.date.isoformat(),
        "text": message.text,
        "links": list(message.links),
    }
    return content if message.html is None else {**content, "html": message.html}

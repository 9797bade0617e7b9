"""The mails of the platform, as plain text."""

from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

SENDER = "Ananta <no-reply@ananta.local>"


def verification(lead: dict[str, Any], public_url: str) -> EmailMessage:
    """The mail that proves an address."""
    link = f"{public_url}/api/control/leads/verify?token={quote(lead['token'])}"
    return _mail(
        lead["email"],
        "Verify your address for Ananta",
        f"""Hello {lead["first_name"]},

you asked to sign {lead["company_name"]} up for Ananta. Open this link and confirm, within 24 hours:

{link}

If it was not you, do nothing: without the confirmation nothing happens.
""",
    )


def welcome(tenant: dict[str, Any], api_url: str) -> EmailMessage:
    """The mail of an active tenant: how to sign in, where, and what to do first."""
    admin = tenant["adminUser"]
    return _mail(
        admin["email"],
        f"{tenant['tenantName']} is ready on Ananta",
        f"""Hello {admin["firstName"]},

your workspace is ready.

Portal: {tenant["portalUrl"]}

How to sign in
  1. Open the mail "Set your password" and choose one; the link works once.
  2. Sign in to the portal with {admin["email"]}.

Getting started
  1. Upload a BOM: any CSV or XLSX export of your CAD tool will do.
     POST {api_url}/boms with the file, or the upload page of the portal.
  2. Look at the lines: what was understood, and which part each one is.
  3. Add your colleagues; viewers may look, members may upload.
""",
    )


def mention(facts: dict[str, Any], public_url: str) -> EmailMessage:
    """The mail to a member whom a comment names. What people wrote stays out of its head."""
    return _mail(
        facts["email"],
        "You are mentioned in a comment on Ananta",
        f"""Hello {facts["first_name"]},

{facts["author"]} mentioned you on line {facts["position"]} ({facts["mpn"] or "no part number"}) of {facts["bom_name"]}:

{facts["body"]}

Portal: {public_url}/app/{facts["slug"]}
""",
    )


def _mail(to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, to, subject
    message.set_content(text)
    return message

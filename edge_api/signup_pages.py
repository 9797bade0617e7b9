"""The pages behind the mailed verification link, for a person with a browser."""

from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment

from edge_api.problems import ProblemError

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_TEMPLATE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Ananta</title>
<style>body{font:16px system-ui;margin:4rem auto;max-width:36rem;padding:0 1rem}code{word-break:break-all}</style>
<h1>{{ title }}</h1><p>{{ text }}</p>
{% if token %}<form method="post" action="verify/form"><input type="hidden" name="token" value="{{ token }}">
<button>Verify my address</button></form>{% endif %}
{% if lead_token %}<p>Your lead token, valid for one hour:</p><p><code>{{ lead_token }}</code></p>
<p>Send it as <code>Authorization: Bearer …</code> with <code>POST /api/control/tenants</code>
to choose a key and a plan.</p>
{% endif %}</html>""")


def confirm(token: str) -> HTMLResponse:
    """Asks for the click that uses the token up."""
    return _page(200, title="Verify your address", text="One click, and your signup goes on.", token=token)


def verified(answer: dict[str, Any]) -> HTMLResponse:
    """Says that it worked, and how to go on."""
    text = f"{answer['email']} is verified for {answer['companyName']}."
    return _page(200, title="Address verified", text=text, lead_token=answer["leadToken"])


def refused(problem: ProblemError) -> HTMLResponse:
    """Says why it did not."""
    return _page(problem.status, title="This link does not work any more", text=problem.hint)


def _page(status: int, **values: str) -> HTMLResponse:
    return HTMLResponse(_TEMPLATE.render(values), status_code=status, headers=_HEADERS)

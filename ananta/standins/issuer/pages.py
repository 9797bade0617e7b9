"""HTML pages: every value escaped, nothing loaded from elsewhere, nothing cached."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).resolve().parent / "templates"
_STYLE = (_FOLDER / "style.css").read_text(encoding="utf-8").strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEXT_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=False,  # noqa: S701  plain text mails only
    undefined=StrictUndefined,
    trim_blocks=True,
)


def render_html(template: str, **values: Any) -> str:
    """A template's HTML."""
    return _ENVIRONMENT.get_template(template).render(style=_STYLE, **values)


def render_text(template: str, **values: Any) -> str:
    """A template's plain text."""
    return _TEXT_ENVIRONMENT.get_template(template).render(**values)


def page(template: str, *, status: int = 200, form_targets: Sequence[str] = (), **values: Any) -> HTMLResponse:
    """A page; a browser follows its form's redirects only to this origin and ``form_targets``."""
    targets = " ".join(["'self'", *form_targets])
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none';"
        f" form-action {targets}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
    }
    return HTMLResponse(render_html(template, **values), status_code=status, headers=headers)

"""The page at the gateway's root: what there is, and where."""

import base64
import hashlib
from html import escape

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1b1f24}"
    "code{background:#f2f4f7;padding:.1em .3em;border-radius:3px}td{padding:.2rem 1.5rem .2rem 0;vertical-align:top}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LINKS = (
    ("/api/control/rest/v1/", "Control plane: tables and functions (OpenAPI)"),
    ("/api/app/rest/v1/", "App plane: tables and functions (OpenAPI)"),
    ("/auth/realms/arc-saas/.well-known/openid-configuration", "Identity provider: discovery"),
    ("/health", "Health of the gateway"),
)
_DEVELOPMENT_LINKS = (("/mailbox/", "Mailbox: every mail sent on this machine (development)"),)


def landing_page(*, is_development: bool) -> str:
    """The page as HTML."""
    links = _LINKS + (_DEVELOPMENT_LINKS if is_development else ())
    rows = "".join(
        f'<tr><td>{escape(text)}</td><td><a href="{escape(path)}"><code>{escape(path)}</code></a></td></tr>'
        for path, text in links
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ananta</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>Ananta</h1><p>The platform runs. Behind this address:</p><table>{rows}</table></body></html>"
    )

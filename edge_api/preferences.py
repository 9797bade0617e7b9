"""What of a caller's ``Prefer`` header the gateway passes on: counts of tenants are estimated."""

import re

Headers = list[tuple[bytes, bytes]]
_EXACT = re.compile(rb"\bcount\s*=\s*\"?exact\"?(?![^,;\s])", re.IGNORECASE)


def with_estimated_counts(headers: Headers) -> Headers:
    """``count=exact`` reads every row a tenant has, for each page. Estimated is exact up to the most rows of a page."""
    return [(name, _EXACT.sub(b"count=estimated", value) if name == b"prefer" else value) for name, value in headers]

"""What of a caller's ``Prefer`` header the gateway passes on: counts are exact."""

import re

Headers = list[tuple[bytes, bytes]]
_ESTIMATE = re.compile(rb"\bcount\s*=\s*\"?(?:planned|estimated)\"?(?![^,;\s])", re.IGNORECASE)


def with_exact_counts(headers: Headers) -> Headers:
    """An estimate would tell of other tenants' rows: the database refuses it (``private.bound_count``)."""
    return [(name, _ESTIMATE.sub(b"count=exact", value) if name == b"prefer" else value) for name, value in headers]

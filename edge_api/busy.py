"""Errors that mean: not now. Nothing was done, and the same request may succeed when it is sent again."""

STATEMENT_TIMEOUT = "57014"
# Serialization failure, deadlock, lock time-out, statement time-out; PostgREST had no connection free in time.
CODES = frozenset({"40001", "40P01", "55P03", STATEMENT_TIMEOUT, "PGRST003"})
HINT = "Others are at the same rows, or it took too long; nothing was done. Send it again after Retry-After seconds."
HEADERS = {"Retry-After": "1"}

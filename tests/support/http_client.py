"""One HTTP client for tests that ask one thing at a time: making a client costs more than a request."""

import httpx

HTTP = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))

"""The HTTP edge: what a database should not do while a request waits (uploads, public signup, token exchange)."""

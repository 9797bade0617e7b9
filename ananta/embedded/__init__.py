"""The embedded run: PostgreSQL, PostgREST and the platform's own processes on one machine, without Docker."""

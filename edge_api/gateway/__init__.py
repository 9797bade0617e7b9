"""The gateway of the embedded run: one origin in front of both planes, their edges, and the issuer."""

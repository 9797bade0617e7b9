"""Honest local stand-ins of outside systems, for development and tests: the mailbox and the OpenID issuer."""

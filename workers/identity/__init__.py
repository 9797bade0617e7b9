"""The identity provider as the platform's workers see it."""

"""What the issuer refuses, one class for each kind of answer."""


class AdminError(Exception):
    """The admin API refuses a call."""

    def __init__(self, status: int, code: str, message: str, hint: str | None = None) -> None:
        """Answer ``status`` with the platform's error shape."""
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint


class OAuthError(Exception):
    """A protocol endpoint refuses a call, in the words of RFC 6749 and OpenID Connect."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        """Answer ``{"error", "error_description"}``."""
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


class PageError(Exception):
    """A person sees why their browser's request went no further."""

    def __init__(self, status: int, title: str, message: str) -> None:
        """Answer an HTML page."""
        super().__init__(message)
        self.status, self.title, self.message = status, title, message

"""What the embedded run says when it cannot go on."""


class EmbeddedError(Exception):
    """The embedded run cannot go on; ``hint`` says what a person can do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

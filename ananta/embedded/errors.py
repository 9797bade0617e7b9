"""What the embedded run says when it cannot go on."""

from pathlib import Path


class EmbeddedError(Exception):
    """The embedded run cannot go on; ``hint`` says what a person can do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


_OTHER_MAJOR = """Nothing was changed. To take the data along, have the programs of a PostgreSQL {found} in a folder DIR
(Debian: `apt install postgresql-{found}`, then /usr/lib/postgresql/{found}/bin; others, npm too: docs/OPERATIONS.md):
  bin/ananta db dump FILE --programs DIR
  bin/ananta db restore FILE       (keeps the old data folder beside the new one)
  bin/ananta up
Or go back to the version of this checkout that had PostgreSQL {found}."""


def other_major(data_dir: Path, found: str, ours: str) -> EmbeddedError:
    """The data is of a major version that the programs do not read."""
    message = f"the data in {data_dir} is PostgreSQL {found}'s, these programs are PostgreSQL {ours}'s"
    return EmbeddedError(message, _OTHER_MAJOR.format(found=found))

"""Passwords: argon2id hashes and the policy for new ones."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256

# OWASP's second argon2id profile: 19 MiB, two passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _HASHER.hash("a password that nobody has")


def hash_password(password: str) -> str:
    """The argon2id hash that is stored."""
    return _HASHER.hash(password)


def is_password(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long where there is none to compare with."""
    try:
        matches = _HASHER.verify(stored or _NOBODY, password[: MAXIMUM_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return matches and stored is not None


def policy_violation(password: str, *, email: str) -> str | None:
    """Why a new password is not accepted, in words for its owner, or ``None``."""
    if len(password) < MINIMUM_LENGTH:
        return f"The password needs at least {MINIMUM_LENGTH} characters."
    if len(password) > MAXIMUM_LENGTH:
        return f"The password may have at most {MAXIMUM_LENGTH} characters."
    if password.strip().lower() == email.lower():
        return "The password must not be the e-mail address."
    return None

"""Keys and secrets: there, strong, nobody else's to read, and the same on both sides."""

import json
from collections.abc import Iterator
from pathlib import Path

from ananta.doctor.findings import Finding, fine, problem, skipped
from ananta.embedded import credentials, token_keys
from ananta.embedded.postgres import PASSWORD_NAME, SUPERUSER
from ananta.settings import Plane

STRONG_BITS = 2048
STRONG_CHARACTERS = 24
_NEW_KEYS = "stop the platform, remove {}, `bin/ananta up`: a new pair is made, tokens of the old one end"


def keys(state_dir: Path) -> Iterator[Finding]:
    """The secrets' file, and each plane's pair of keys."""
    if not (state_dir / credentials.FILE_NAME).exists() and not (state_dir / "keys").exists():
        yield skipped("keys", "none yet", "`bin/ananta up` makes them")
        return
    yield _secrets(state_dir)
    for plane in Plane:
        yield _pair(state_dir, plane)


def _secrets(state_dir: Path) -> Finding:
    file = state_dir / credentials.FILE_NAME
    try:
        stored = credentials.stored(state_dir)
    except (OSError, ValueError):
        return problem("secrets", f"{file} cannot be read", "put it back from a backup; without it nobody logs in")
    if not stored:
        return problem("secrets", f"{file} is gone", "put it back from a backup; without it nobody logs in")
    if opened := _open_to_others("secrets", file, *state_dir.glob("postgrest-*.conf")):
        return opened
    weak = sorted(name for name, value in stored.items() if len(value) < STRONG_CHARACTERS)
    if weak:
        return problem("secrets", f"too short to be strong: {', '.join(weak)}", "; ".join(_new_secrets(file, weak)))
    return fine("secrets", f"{len(stored)} in {file.name}, for their owner only")


def _new_secrets(file: Path, weak: list[str]) -> Iterator[str]:
    """Those of logins are set at each start; the superuser's opens the database, which has it from its making."""
    if others := [name for name in weak if name != PASSWORD_NAME]:
        yield f"stop the platform, remove {', '.join(others)} from {file}, `bin/ananta up` makes new ones"
    if PASSWORD_NAME in weak:
        yield (
            f"never remove {PASSWORD_NAME}: while the platform runs, change it in the database "
            f"(`\\password {SUPERUSER}` in psql), then in {file}; `bin/ananta down`, `bin/ananta up`"
        )


def _pair(state_dir: Path, plane: Plane) -> Finding:
    check = f"{plane} keys"
    private, public = token_keys.files(state_dir, plane)
    if missing := [file for file in (private, public) if not file.is_file()]:
        return problem(check, f"{missing[0]} is gone", "`bin/ananta down`, then `bin/ananta up`: it is made again")
    if opened := _open_to_others(check, private):
        return opened
    try:
        derived, bits = token_keys.public_key_set(private), token_keys.bits(private)
    except (ValueError, TypeError):
        return problem(check, f"{private} holds no RSA key", _NEW_KEYS.format(private))
    if bits < STRONG_BITS:
        return problem(check, f"{private} has {bits} bits; {STRONG_BITS} are needed", _NEW_KEYS.format(private))
    try:
        is_same = json.loads(public.read_text(encoding="utf-8")) == derived
    except ValueError:
        is_same = False
    if not is_same:
        says = f"{public} is not the public half of {private}: PostgREST refuses every token"
        return problem(check, says, f"remove {public}; `bin/ananta down`, then `bin/ananta up`: it is made again")
    return fine(check, f"RSA, {bits} bits; PostgREST has the public half")


def _open_to_others(check: str, *files: Path) -> Finding | None:
    for file in files:
        if file.stat().st_mode & 0o077:
            says = f"others may read {file} (mode {file.stat().st_mode & 0o777:o})"
            return problem(check, says, f"`chmod 600 {file}`; who read it has what is in it")
    return None

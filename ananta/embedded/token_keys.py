"""The key with which a plane signs its tokens, and its public half as PostgREST wants it."""

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ananta.embedded.credentials import write_private
from ananta.settings import Plane

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


def ensure(state_dir: Path, plane: Plane) -> tuple[Path, Path]:
    """The plane's private key (PEM) and its public key set (JSON), made on first use; gives both files."""
    private, public = files(state_dir, plane)
    private.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not private.is_file():
        _make(private)
        public.unlink(missing_ok=True)
    if not public.is_file():
        write_private(public, json.dumps(public_key_set(private)) + "\n")
    return private, public


def files(state_dir: Path, plane: Plane) -> tuple[Path, Path]:
    """Where the private key and the public key set are."""
    folder = state_dir / "keys"
    return folder / f"{plane}-token.pem", folder / f"{plane}-token.jwks.json"


def bits(private: Path) -> int:
    """How long a private key is."""
    return _load(private).key_size


def _load(private: Path) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(private.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError(f"{private} holds no RSA key")
    return key


def public_key_set(private: Path) -> dict[str, list[dict[str, str]]]:
    """The JWK set of a private key; its ``kid`` is the thumbprint of RFC 7638."""
    numbers = _load(private).public_key().public_numbers()
    required = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
    thumbprint = hashlib.sha256(json.dumps(required, separators=(",", ":"), sort_keys=True).encode()).digest()
    return {"keys": [required | {"alg": "RS256", "use": "sig", "kid": _base64url(thumbprint)}]}


def _make(path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(path, pem.decode("ascii"))


def _number(value: int) -> str:
    return _base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")

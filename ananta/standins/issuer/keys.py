"""One RSA key per realm: made with the realm, published as a JWK, used for every token of the realm."""

import base64
import hashlib
import json
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

KEY_BITS = 2048


def new_private_key() -> str:
    """A fresh private key as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


@lru_cache(maxsize=512)
def load_private_key(pem: str) -> rsa.RSAPrivateKey:
    """The key of a PEM text; loading checks the key's numbers, which is slow, so loaded keys are kept."""
    key = load_pem_private_key(pem.encode("ascii"), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("A realm key is an RSA key.")
    return key


def key_id(pem: str) -> str:
    """The key's RFC 7638 thumbprint."""
    jwk = {"e": _number(pem, "e"), "kty": "RSA", "n": _number(pem, "n")}
    canonical = json.dumps(jwk, separators=(",", ":"), sort_keys=True)
    return _encode(hashlib.sha256(canonical.encode()).digest())


def public_jwk(pem: str, kid: str) -> dict[str, str]:
    """The public half, as ``certs`` publishes it."""
    return {"kid": kid, "kty": "RSA", "alg": "RS256", "use": "sig", "n": _number(pem, "n"), "e": _number(pem, "e")}


def _number(pem: str, name: str) -> str:
    value: int = getattr(load_private_key(pem).public_key().public_numbers(), name)
    return _encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")

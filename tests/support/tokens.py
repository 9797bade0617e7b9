"""Tokens for tests: signed as the platform and as its realms sign them, or as somebody would who should not."""

import base64
import hashlib
import hmac
import json
import sqlite3
import time
import uuid
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ananta.embedded.token_keys import public_key_set
from ananta.settings import Plane

Json = dict[str, Any]
PLATFORM_TYPE = "at+jwt"


def encode(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def part(value: Any) -> str:
    """A header or payload; bytes and text go in as they are."""
    if isinstance(value, bytes):
        return encode(value)
    return encode((value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))).encode())


@dataclass(frozen=True)
class Key:
    """A key that signs tokens, under the id that its verifiers know it by."""

    id: str
    pem: bytes

    @cached_property
    def private(self) -> rsa.RSAPrivateKey:
        """The private half."""
        key = serialization.load_pem_private_key(self.pem, password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key

    @cached_property
    def public_pem(self) -> bytes:
        """The public half, as everybody may read it."""
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, claims: Any, header: Json | None = None, *, without: tuple[str, ...] = ()) -> str:
        """A token signed with RS256; ``header`` adds to what a platform token's header holds."""
        full = {"typ": PLATFORM_TYPE, "alg": "RS256", "kid": self.id} | (header or {})
        text = f"{part({k: v for k, v in full.items() if k not in without})}.{part(claims)}"
        return f"{text}.{encode(self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def sign_realm(self, claims: Any, header: Json | None = None, *, without: tuple[str, ...] = ()) -> str:
        """A token as a realm signs it."""
        realm_header = {"alg": "RS256", "typ": "JWT", "kid": self.id} | (header or {})
        text = f"{part({k: v for k, v in realm_header.items() if k not in without})}.{part(claims)}"
        return f"{text}.{encode(self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def sign_with_secret(claims: Any, header: Json, secret: bytes, algorithm: str = "sha256") -> str:
    """A token whose signature is an HMAC, as a verifier confused about algorithms would accept it."""
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{encode(hmac.new(secret, text.encode(), getattr(hashlib, algorithm)).digest())}"


@lru_cache(maxsize=4)
def rogue_key(key_id: str = "rogue") -> Key:
    """A key that nobody registered."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Key(key_id, pem)


def platform_key(state_dir: Path, plane: Plane) -> Key:
    """The key with which a running platform signs the tokens of a plane."""
    file = state_dir / "keys" / f"{plane}-token.pem"
    return Key(public_key_set(file)["keys"][0]["kid"], file.read_bytes())


def realm_key(state_dir: Path, realm: str) -> Key:
    """The key of a realm of the development issuer."""
    with sqlite3.connect(f"file:{state_dir / 'issuer.sqlite3'}?mode=ro", uri=True) as connection:
        kid, pem = connection.execute("select kid, private_key from realms where name = ?", (realm,)).fetchone()
    connection.close()
    return Key(kid, pem.encode("ascii"))


def platform_claims(plane: Plane, **claims: Any) -> Json:
    """The claims of a platform token that is in order, but for what is given."""
    now = int(time.time())
    standard = {
        "iss": f"urn:ananta:{plane}",
        "aud": f"ananta-{plane}",
        "iat": now,
        "exp": now + 240,
        "jti": str(uuid.uuid4()),
        "role": "authenticated",
        "permissions": [],
    }
    return standard | claims


def realm_claims(issuer: str, subject: str, email: str, **claims: Any) -> Json:
    """The claims of a realm's access token that is in order, but for what is given."""
    now = int(time.time())
    standard = {
        "iss": issuer,
        "sub": subject,
        "aud": ["ananta", "account"],
        "iat": now,
        "exp": now + 240,
        "jti": str(uuid.uuid4()),
        "typ": "Bearer",
        "azp": "ananta-portal",
        "email": email,
        "email_verified": True,
    }
    return standard | claims


def member_claims(query: Any, user_id: str) -> Json:
    """The platform claims of a member of the app plane; ``query`` is ``Platform.query``."""
    row = query(
        Plane.APP,
        "select u.id::text, u.organization_id::text, o.arc_saas_tenant_id::text as tenant_id,"
        " (select jsonb_agg(p.permission) from private.role_permissions as p where p.role = u.role) as permissions"
        " from public.users as u"
        " join public.organizations as o on o.id = u.organization_id where u.id = %s",
        (user_id,),
    )[0]
    organization = row["organization_id"]
    return platform_claims(
        Plane.APP,
        sub=row["id"],
        userId=row["id"],
        tenantId=row["tenant_id"],
        organizationId=organization,
        organization_id=organization,
        permissions=row["permissions"],
    )


def tenant_member_claims(query: Any, user_id: str, tenant_id: str) -> Json:
    """The platform claims of a member of a tenant in the control plane."""
    row = query(
        Plane.CONTROL,
        "select t.app_plane_org_id::text as organization,"
        " (select jsonb_agg(p.permission) from private.role_permissions as p where p.role = ut.role) as permissions"
        " from tenant_management.user_tenants as ut"
        " join tenant_management.tenants as t on t.id = ut.tenant_id where ut.user_id = %s and ut.tenant_id = %s",
        (user_id, tenant_id),
    )[0]
    return platform_claims(
        Plane.CONTROL,
        sub=user_id,
        userId=user_id,
        tenantId=tenant_id,
        organizationId=row["organization"],
        organization_id=row["organization"],
        permissions=row["permissions"],
    )

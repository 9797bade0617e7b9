"""Forged and wrong tokens, by class: none may be accepted, and none may cause a fault."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.tallies import tally
from tests.support.tokens import Json, Key, encode, part, rogue_key, sign_with_secret

REFUSED = {400, 401, 403}
NIL = "00000000-0000-4000-8000-000000000000"
OPERATOR_PERMISSIONS = ["organization:write", "users:write", "tenant:write", "billing:write"]
Forgery = dict[str, list[str]]


@dataclass(frozen=True)
class Genuine:
    """What a forger starts from: a key and the claims of tokens in order; and keys that sign for others."""

    key: Key
    claims: list[Json]
    sign: Callable[..., str]
    other_keys: list[Key]
    listener: str

    @property
    def token(self) -> str:
        """A token that is accepted."""
        return str(self.sign(self.key, self.claims[0]))


def header_of(token: str) -> Json:
    """The header of a token."""
    text = token.partition(".")[0]
    return dict(json.loads(_decode(text)))


def _decode(text: str) -> bytes:
    import base64

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def unsigned(genuine: Genuine) -> Forgery:
    """Classes whose signature is not the issuer's."""
    rogue, header = rogue_key(), header_of(genuine.token)
    known = Key(genuine.key.id, rogue.pem)
    claims = genuine.claims
    signed, signing_input = genuine.token, genuine.token.rpartition(".")[0]
    public = genuine.key.public_pem
    secrets = [public, public.strip(), genuine.key.id.encode(), b"", b"secret", public.replace(b"\n", b"")]

    def by(key: Key, **extra: Any) -> list[str]:
        return [genuine.sign(key, c, extra) for c in claims]

    return {
        "alg none": [
            f"{part(header | {'alg': name})}.{part(c)}.{signature}"
            for name in ("none", "None", "NONE", "nOnE", "")
            for c in claims
            for signature in ("", "AAAA")
        ],
        "no alg": [f"{part({k: v for k, v in header.items() if k != 'alg'})}.{part(c)}.AAAA" for c in claims],
        "HS256 with the public key": [
            sign_with_secret(c, header | {"alg": f"HS{algorithm[3:]}"}, secret, algorithm)
            for c in claims
            for secret in secrets
            for algorithm in ("sha256", "sha512")
        ],
        "wrong key, known kid": by(known),
        "wrong key, unknown kid": by(rogue),
        "wrong key, no kid": [genuine.sign(rogue, c, without=("kid",)) for c in claims],
        "key of another issuer, known kid": [
            genuine.sign(Key(genuine.key.id, key.pem), c) for key in genuine.other_keys for c in claims
        ],
        "key of another issuer, its kid": [genuine.sign(key, c) for key in genuine.other_keys for c in claims],
        "kid of a path or SQL": [
            genuine.sign(Key(kid, rogue.pem), c)
            for kid in (
                "../../../../dev/null",
                "' or '1'='1",
                "';select pg_sleep(9);--",
                "${jndi:ldap://x}",
                "\u0000",
                "a" * 900,
            )
            for c in claims[:2]
        ],
        "kid not a string": [
            genuine.sign(rogue, claims[0], {"kid": kid}) for kid in (1, None, [genuine.key.id], {"a": 1}, True)
        ],
        "jwk header": by(known, jwk=_public_jwk(rogue)),
        "jku header": by(known, jku=f"{genuine.listener}/keys"),
        "x5u header": by(known, x5u=f"{genuine.listener}/chain"),
        "x5c header": by(known, x5c=[encode(rogue.public_pem)]),
        "crit header": by(known, crit=["exp"]) + by(known, crit=["urn:example:unknown"], **{"urn:example:unknown": 1}),
        "b64 header": by(known, b64=False, crit=["b64"]) + by(known, b64="false"),
        "other algorithm": [
            genuine.sign(known, c, {"alg": a}) for a in ("RS384", "RS512", "PS256", "ES256", "EdDSA") for c in claims
        ],
        "other algorithm, right key": [
            genuine.sign(genuine.key, c, {"alg": a})
            for a in ("RS384", "RS512", "PS256", "ES256", "HS256")
            for c in claims[:2]
        ],
        "claims changed": [
            f"{signing_input.partition('.')[0]}.{part(claims[0] | change)}.{signed.rpartition('.')[2]}"
            for change in (
                {"role": "platform_admin"},
                {"role": "service_role"},
                {"permissions": OPERATOR_PERMISSIONS},
                {"exp": int(time.time()) + 10**6},
                {"sub": NIL},
                {"organization_id": NIL},
                {"tenantId": NIL},
                {"email": "operator@ananta.example"},
                {"realm_access": {"roles": ["owner", "admin"]}},
            )
        ],
        "header changed": [
            f"{part(header | change)}.{signed.partition('.')[2]}" for change in ({"a": 1}, {"cty": "JWT"}, {"kid": "x"})
        ],
        "signature cut": [signed[:-n] for n in (4, 20, 100, 300)],
        "signature changed": [
            f"{signed[:-n]}{'A' if signed[-n] != 'A' else 'B'}{signed[len(signed) - n + 1 :]}" for n in (9, 99, 200)
        ],
        "signature missing": [signing_input, f"{signing_input}.", f"{signing_input}.."],
        "signature of another token": [
            f"{signing_input}.{genuine.sign(genuine.key, c | {'jti': 'x'}).rpartition('.')[2]}" for c in claims
        ],
        "extra segments": [f"{signed}.{signed}", f"{signed}.AAAA", f".{signed}", f"{signed}."],
        "encrypted shape": [
            f"{part(header | {'enc': 'A256GCM', 'alg': a})}.AAAA.AAAA.AAAA.AAAA" for a in ("dir", "RSA-OAEP", "A256KW")
        ],
        "truncated": [signed[:n] for n in (5, 20, 21, 60, len(signed) // 2)],
        "base64 junk": [
            "eyJ",
            "eyJ.eyJ.eyJ",
            "eyJhbGciOiJSUzI1NiJ9.####.AAAA",
            f"{part(header)}.!!!!.AAAA",
            f"{part(header)}..",
            "eyJ" + "A" * 99,
        ],
        "claims are no object": [genuine.sign(known, c) for c in ([], "text", 5, None, [claims[0]], b"\xff\xfe", b"{")],
        "header is no object": [f"{part(h)}.{part(claims[0])}.AAAA" for h in ([header], "text", 5, None)],
        "unicode": [signed[:-5] + "é" * 5, "eyJé.é.é", f"{signed}\u00a0x", "eyJ\u00ff\u00fe"],
        "nested deeply": [
            f"{encode(_deep(2000, header))}.{part(claims[0])}.AAAA",
            f"{part(header)}.{encode(_deep(2000, claims[0]))}.AAAA",
        ],
        "oversized": [
            genuine.sign(key, claims[0] | {"padding": "x" * size})
            for key in (genuine.key, known)
            for size in (8_000, 12_000, 24_000)
        ],
    }


def _deep(depth: int, value: Json) -> bytes:
    text = json.dumps(value, separators=(",", ":"))
    return (text[:-1] + ',"deep":' + "[" * depth + "]" * depth + "}").encode()


def _public_jwk(key: Key) -> Json:
    numbers = key.private.public_key().public_numbers()
    return {"kty": "RSA", "kid": key.id, "n": encode(numbers.n.to_bytes(256, "big")), "e": "AQAB"}


def wrong_times(now: int) -> dict[str, list[Any]]:
    """Values of the time claims that no token in order has; MISSING leaves the claim out."""
    return {
        "exp": [
            MISSING,
            None,
            "",
            str(now + 200),
            "never",
            now - 3600,
            now - 60,
            0,
            -1,
            True,
            False,
            [],
            [now + 200],
            {},
            "NaN",
        ],
        "nbf": [now + 3600, now + 10**8],
        "iat": [now + 3600, now + 10**8],
    }


MISSING = object()
WRONG_IDS = [
    MISSING, None, "", "x", NIL, "ABCDEF00-0000-4000-8000-000000000000", f"{NIL}\n", f" {NIL}", [], {}, 5, True,
    "' or true --", "\u0000",
]  # fmt: skip
WRONG_ROLES = [
    "app_authenticator", "control_authenticator", "postgres", "service_role", "ananta_owner", "ananta_migrator",
    "ananta_edge", "ananta_worker", "app_worker", "control_edge", "platform_admin", "anon", "none", "", "nobody",
    "pg_read_all_data", "public", "AUTHENTICATED", "authenticated;", None, [], ["authenticated"], 5, {}, MISSING,
    "authenticated\u0000",
]  # fmt: skip
RAW_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e999999"]


def changed(sign: Callable[..., str], key: Key, claims: Json, wrong: dict[str, list[Any]]) -> Forgery:
    """Classes of tokens with the right signature and one claim that is wrong."""
    found: Forgery = {}
    for name, values in wrong.items():
        found[f"{name} wrong"] = [
            sign(key, {k: v for k, v in (claims | {name: value}).items() if v is not MISSING}) for value in values
        ]
    return found


def raw_expiries(sign: Callable[..., str], key: Key, claims: Json) -> Forgery:
    """Expiry times that are numbers to some readers of JSON only."""
    text = json.dumps({k: v for k, v in claims.items() if k != "exp"}, separators=(",", ":"))
    return {"exp not a number": [sign(key, f'{text[:-1]},"exp":{raw}}}'.encode()) for raw in RAW_NUMBERS]}


@dataclass
class Attack:
    """Sends forgeries everywhere they could be taken."""

    url: str
    failures: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    classes: set[str] = field(default_factory=set)

    async def send(self, doors: dict[str, "Door"], forgeries: Forgery) -> None:
        """Every forgery at every door."""
        limit = asyncio.Semaphore(12)
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as http:

            async def one(kind: str, name: str, door: Door, token: str) -> None:
                async with limit:
                    self.judge(f"{kind} at {name}", token, await door(http, token))

            await asyncio.gather(
                *(
                    one(kind, name, door, token)
                    for kind, tokens in forgeries.items()
                    for token in tokens
                    for name, door in doors.items()
                )
            )
        self.classes |= set(forgeries)

    def judge(self, what: str, token: str, response: httpx.Response) -> None:
        """Note an answer that is no refusal."""
        self.statuses[response.status_code] += 1
        if response.status_code not in REFUSED:
            self.failures.append(
                f"{what}: {response.status_code} {response.text[:150]} for {token[:60]}… ({len(token)})"
            )

    def report(self, title: str) -> None:
        """One line for the end of the run."""
        counts = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        total, failed = sum(self.statuses.values()), len(self.failures)
        tally(f"{title}: {len(self.classes)} classes, {total} probes, {failed} failures ({counts})")


Door = Callable[[httpx.AsyncClient, str], Any]


def bearer_door(method: str, path: str, body: Json | None = None) -> Door:
    """A path that takes a token in its Authorization header."""

    async def door(http: httpx.AsyncClient, token: str) -> httpx.Response:
        value = f"Bearer {token}".encode()
        return await http.request(method, path, headers=[(b"Authorization", value)], json=body)

    return door


def exchange_door(plane: str) -> Door:
    """The explicit exchange."""

    async def door(http: httpx.AsyncClient, token: str) -> httpx.Response:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "subject_token": token,
        }
        return await http.post(f"/api/{plane}/auth/exchange", data=form)

    return door


def misplaced(good: str, bad: str) -> dict[str, Iterable[tuple[list[tuple[str, str]], dict[str, str]]]]:
    """Classes of good and bad tokens at places where no token counts: headers and query of each."""

    def values(*headers: str) -> list[tuple[str, str]]:
        return [("Authorization", value) for value in headers]

    return {
        "two Authorization headers": [
            (values(f"Bearer {a}", f"Bearer {b}"), {}) for a, b in ((good, bad), (bad, good), (good, good), (good, "x"))
        ],
        "two tokens in one header": [
            (values(f"Bearer {good}, Bearer {bad}"), {}),
            (values(f"Bearer {good} {bad}"), {}),
            (values(f"Bearer {good},{good}"), {}),
        ],
        "another scheme": [
            (values(f"{scheme} {good}"), {})
            for scheme in ("Basic", "Token", "JWT", "Negotiate", "DPoP", "Bearer:", "Bearer Bearer")
        ],
        "no scheme": [
            (values(good), {}),
            (values(f"Bearer{good}"), {}),
            (values("Bearer"), {}),
            (values("bearer"), {}),
        ],
        "scheme in other letters, forged token": [
            (values(f"{scheme} {bad}"), {}) for scheme in ("bearer", "BEARER", "bEaReR")
        ],
        "garbage": [
            (values(f"Bearer {text}"), {})
            for text in ("x", "null", "undefined", "{}", "%00", "../../x", "a.b.c", "Bearer", "0")
        ],
        "token in the query": [
            ([], {name: good}) for name in ("access_token", "token", "jwt", "apikey", "authorization")
        ],
        "token in another header": [
            ([(name, value)], {})
            for name in (
                "X-Authorization",
                "X-Forwarded-Authorization",
                "Proxy-Authorization",
                "apikey",
                "X-Access-Token",
                "Cookie",
            )
            for value in (good, f"Bearer {good}", f"access_token={good}")
        ],
        "claims in headers": [
            ([(name, "platform_admin")], {})
            for name in ("X-Role", "Role", "request.jwt.claims", "X-Ananta-Internal-User", "X-User-Id")
        ],
    }

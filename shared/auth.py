"""Who calls, and what they may do: JSON Web Tokens verified against a key file or an OpenID Connect issuer.

Claims read: `sub`, `iss`, `aud`, `exp`, `nbf` (RFC 7519), `scope` (space separated, RFC 8693) or `scp`,
`areas` (a list of area paths), `client_id` (RFC 9068). Only asymmetric algorithms are believed
(RFC 8725, section 3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from joserfc.jws import extract_compact

from shared.areas import area_covers
from shared.clock import Clock
from shared.errors import Forbidden, Unauthorised

ALGORITHMS = ("ES256", "RS256", "EdDSA", "Ed25519")
LEEWAY_SECONDS = 30
EVERYWHERE = "*"
_KEY_TYPES = {"ES256": "EC", "RS256": "RSA", "EdDSA": "OKP", "Ed25519": "OKP"}
_MAX_TOKEN = 8192


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified caller. `areas` are path prefixes such as `99/99001`; none covers nothing, `*` all."""

    id: str
    kind: Literal["officer", "integration"]
    scopes: frozenset[str]
    areas: tuple[str, ...]

    @property
    def name(self) -> str:
        """`officer:<id>` or `integration:<id>`: the two never share a name."""
        return f"{self.kind}:{self.id}"

    def has(self, scope: str) -> bool:
        return scope in self.scopes

    def covers(self, area: str) -> bool:
        """Whether `area` lies in one of this caller's areas, by whole path segments."""
        return any(mine == EVERYWHERE or area_covers(mine, area) for mine in self.areas)

    def require(self, scope: str, area: str | None = None) -> None:
        """Raise `Forbidden` unless the caller has `scope` and, when given, covers `area`."""
        if scope not in self.scopes:
            raise Forbidden(f"This call needs the scope {scope}.")
        if area is not None and not self.covers(area):
            raise Forbidden("This area is not among yours.")


class KeySource(Protocol):
    async def keys(self, *, refresh: bool) -> KeySet:
        """Public keys; `refresh` asks anew unless that was just done. Raises `Unavailable` for none."""
        ...


class Verifier:
    """Turns a bearer token into a `Principal`; raises `Unauthorised`, or `Unavailable` without any keys."""

    def __init__(self, source: KeySource, *, issuer: str, audience: str, clock: Clock) -> None:
        self._source = source
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    async def verify(self, token: str) -> Principal:
        header = _header(token)
        key = _choose(await self._source.keys(refresh=False), header)
        if key is None:
            key = _choose(await self._source.keys(refresh=True), header)
        if key is None:
            raise Unauthorised("The token's key is not known.")
        try:
            claims = jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
            self._registry().validate(claims)
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise Unauthorised("The token is not valid.") from error
        return _principal(claims)

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )


def _header(token: str) -> Mapping[str, Any]:
    if len(token) > _MAX_TOKEN:
        raise Unauthorised("The token is too long.")
    try:
        header = extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise Unauthorised("The token cannot be read.") from error
    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise Unauthorised("The token is signed in a way that is not accepted.")
    return header


def _choose(keys: KeySet, header: Mapping[str, Any]) -> Key | None:
    """The key the header means; without `kid`, the only fitting one. A key for encryption never fits."""
    fitting = [
        key
        for key in keys.keys
        if key.key_type == _KEY_TYPES[header["alg"]]
        and key.get("use") in (None, "sig")
        and key.get("alg") in (None, header["alg"])
    ]
    if (kid := header.get("kid")) is not None:
        return next((key for key in fitting if key.kid == kid), None)
    return fitting[0] if len(fitting) == 1 else None


def _principal(claims: Mapping[str, Any]) -> Principal:
    subject, areas = claims.get("sub"), claims.get("areas", [])
    scopes = claims.get("scope", claims.get("scp", ""))
    if isinstance(scopes, str):
        scopes = scopes.split()
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not _texts(areas) or not _texts(scopes):
        raise Unauthorised("The token's claims cannot be read.")
    machine = claims.get("kind") == "integration" or claims.get("client_id") == subject
    return Principal(
        id=subject,
        kind="integration" if machine else "officer",
        scopes=frozenset(scopes),
        areas=tuple(area for area in areas if area),
    )


def _texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)

"""Tokens for tests: a throw-away key, its JWKS file, and an issuer that signs whatever a test wants."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key

from shared.clock import Clock, SystemClock

ISSUER = "liengia-local"
AUDIENCE = "liengia"


class Issuer:
    """Signs with one fresh key. `token` makes a compact JWT, `bearer` headers that carry it."""

    def __init__(
        self,
        *,
        issuer: str = ISSUER,
        audience: str = AUDIENCE,
        key: Key | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self.issuer = issuer
        self.audience = audience
        self.key = key if key is not None else ECKey.generate_key("P-256", auto_kid=True)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [{**self.key.as_dict(private=False), "use": "sig"}]}

    def write_jwks(self, folder: Path) -> Path:
        """Write the public keys into `folder` and return the file, for AUTH_JWKS_FILE."""
        file = folder / "jwks.json"
        file.write_text(json.dumps(self.jwks()))
        return file

    def token(
        self,
        *scopes: str,
        areas: Iterable[str] = ("*",),
        subject: str = "officer-1",
        lifetime: int = 3600,
        algorithm: str = "ES256",
        header: dict[str, Any] | None = None,
        without: Iterable[str] = (),
        **claims: Any,
    ) -> str:
        """A token for `subject`, valid for `lifetime` seconds from now (negative: already expired)."""
        now = int(self._clock.now().timestamp())
        body: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject,
            "iat": now - 60 if lifetime > 0 else now + 2 * lifetime,
            "exp": now + lifetime,
            "scope": " ".join(scopes),
            "areas": list(areas),
            **claims,
        }
        for claim in without:
            del body[claim]
        head = {"alg": algorithm, "kid": self.key.kid, **(header or {})}
        return jwt.encode(head, body, self.key, algorithms=[algorithm])

    def bearer(self, *scopes: str, **options: Any) -> dict[str, str]:
        """Headers with a token; options as in `token`."""
        return {"Authorization": "Bearer " + self.token(*scopes, **options)}

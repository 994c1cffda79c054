"""The development issuer: one key on this machine, its public half as a JWKS file, tokens signed with it."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local.private import write_private_json

ISSUER = "https://issuer.local.invalid"
AUDIENCE = "liengia"
_LIFETIME = 12 * 3600
# Every scope of the public contract.
SCOPES = (
    *("tips:submit", "tips:read", "tips:handle", "tips:supervise", "identity:request", "identity:approve"),
    *("inspectorate", "mediation:read", "mediation:handle", "mediation:head", "notices:write"),
    *("notices:approve", "events:read", "indicators:read", "statistics:write", "areas:write"),
    *(
        "community:write",
        "plans:write",
        "scorecards:attest",
        "scorecards:sign",
        "broadcasts:confirm",
        "operate",
    ),
)
EVERYWHERE = "*"


class Issuer:
    """The issuer whose key lies in `folder`; makes the key and `jwks.json` on first use."""

    def __init__(self, folder: Path) -> None:
        self.jwks_file = folder / "jwks.json"
        key_file = folder / "issuer.jwk.json"
        if not key_file.exists():
            write_private_json(key_file, ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True))
        self._key = ECKey.import_key(json.loads(key_file.read_text()))
        public = {**self._key.as_dict(private=False), "use": "sig", "alg": "ES256"}
        write_private_json(self.jwks_file, {"keys": [public]})

    def token(self, scopes: Iterable[str], areas: Iterable[str], subject: str = "developer") -> str:
        """A token for 12 hours. `areas` are path prefixes such as `99/99001`; `*` is everywhere."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": now,
            "exp": now + _LIFETIME,
            "scope": " ".join(scopes),
            "areas": list(areas),
        }
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)

"""The key to which integrations encrypt what they put on `tips.submission.v1`: ECDH-ES with A256GCM,
nothing else (RFC 7516).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from shared.errors import Invalid
from shared.settings import Unusable

_ALGORITHMS = ["ECDH-ES", "A256GCM"]
# A report of the greatest length fits even when every character of it is escaped (\uXXXX).
_LARGEST_TOKEN = 256 * 1024


class _Registry(jwe.JWERegistry):
    """The library stops at 64 KiB, about 8,000 escaped Vietnamese letters."""

    max_ciphertext_length = _LARGEST_TOKEN


_REGISTRY = _Registry(algorithms=_ALGORITHMS)


class UnusableKey(Unusable):
    """The key file cannot be used."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"TIPS_SUBMISSION_KEY_FILE: {fault}")


@dataclass(frozen=True)
class SubmissionKey:
    """The private keys of the service, current one first; older ones still open what was encrypted before a
    change of keys.
    """

    keys: KeySet

    @staticmethod
    def load(path: Path) -> "SubmissionKey":
        """Read a private JWK or JWK set (EC P-256). Raises UnusableKey."""
        try:
            found = json.loads(path.read_text())
            members = found.get("keys", [found])
            keys: list[Any] = [ECKey.import_key(member) for member in members]
        except (OSError, ValueError, TypeError, AttributeError, JoseError) as fault:
            raise UnusableKey(f"not a readable JWK: {type(fault).__name__}") from None
        if not keys or not all(key.is_private and key.curve_name == "P-256" for key in keys):
            raise UnusableKey("needs private EC keys on P-256")
        for key in keys:
            key.ensure_kid()
        return SubmissionKey(KeySet(keys))

    def public(self) -> dict[str, Any]:
        """The JWK set for `GET /.well-known/jwks.json`: public parts only."""
        members = [{**key.as_dict(private=False), "use": "enc", "alg": "ECDH-ES"} for key in self.keys.keys]
        return {"keys": members}

    def open(self, token: str) -> Mapping[str, Any]:
        """The JSON object inside a compact JWE. Raises Invalid without a word of the content."""
        if len(token) > _LARGEST_TOKEN:
            raise Invalid("The encrypted submission is too large.", code="jwe_invalid")
        try:
            opened = jwe.decrypt_compact(token, self._key_for, registry=_REGISTRY)
            body = json.loads(opened.plaintext or b"")
        except (JoseError, ValueError, TypeError, RecursionError) as fault:
            raise Invalid(
                "The encrypted submission cannot be opened with our key.", code="jwe_invalid"
            ) from fault
        if not isinstance(body, dict):
            raise Invalid("The encrypted submission is not a JSON object.", code="jwe_invalid")
        return body

    def _key_for(self, recipient: Any) -> Any:
        wanted = recipient.headers().get("kid")
        return next((key for key in self.keys.keys if key.kid == wanted), self.keys.keys[0])


def new_submission_key() -> str:
    """A fresh private JWK as JSON text, for `TIPS_SUBMISSION_KEY_FILE`."""
    key = ECKey.generate_key("P-256", {"use": "enc", "alg": "ECDH-ES"}, private=True)
    key.ensure_kid()
    return json.dumps(key.as_dict(private=True), indent=2)

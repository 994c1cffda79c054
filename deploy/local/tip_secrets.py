"""The secrets of the tips service on this machine, made once. Without them sealed texts are unreadable."""

import json
import secrets
from base64 import b64encode
from pathlib import Path

from joserfc.jwk import ECKey

from deploy.local.private import write_private_json

_SECRETS = ("TIPS_KEY_ENCRYPTION_KEY", "TIPS_ID_SECRET", "TIPS_RECEIPT_SECRET")
_BYTES = 32


def tip_secrets(folder: Path) -> dict[str, str]:
    """Environment variables of tips: three secrets of 32 bytes in base64, and the submission key's file."""
    file = folder / "tips.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in _SECRETS if name not in known]
    if missing:
        known |= {name: b64encode(secrets.token_bytes(_BYTES)).decode() for name in missing}
        write_private_json(file, known)
    return {**known, "TIPS_SUBMISSION_KEY_FILE": str(_submission_key(folder))}


def _submission_key(folder: Path) -> Path:
    """The private JWK to whose public half clients encrypt submissions (ECDH-ES, RFC 7518 section 4.6)."""
    file = folder / "submission.jwk.json"
    if not file.exists():
        key = ECKey.generate_key("P-256", {"use": "enc", "alg": "ECDH-ES"}, auto_kid=True)
        write_private_json(file, key.as_dict(private=True))
    return file

"""The secrets of the tips service, made once. Without them sealed texts are unreadable and tips not found."""

import json
import secrets
from base64 import b64encode
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from deploy.local.private import write_private_json

_BYTES = 32


def fresh_tip_secrets() -> dict[str, str]:
    """Secrets of 32 random bytes in base64; the key-encryption key carries its name in the key ring."""
    return {
        "TIPS_SEALING_KEY": f"k1:{_random()}",
        "TIPS_ID_SECRET": _random(),
        "TIPS_RECEIPT_SECRET": _random(),
    }


def fresh_submission_key() -> dict[str, Any]:
    """The private JWK to whose public half clients encrypt submissions (ECDH-ES, RFC 7518 section 4.6)."""
    key = ECKey.generate_key("P-256", {"use": "enc", "alg": "ECDH-ES"}, auto_kid=True)
    return dict(key.as_dict(private=True))


def tip_secrets(folder: Path) -> dict[str, str]:
    """Environment variables of tips, the secrets from `folder`, made there on first use."""
    file = folder / "tips.json"
    if not file.exists():
        write_private_json(file, fresh_tip_secrets())
    known: dict[str, str] = json.loads(file.read_text())
    key_file = folder / "submission.jwk.json"
    if not key_file.exists():
        write_private_json(key_file, fresh_submission_key())
    return {**known, "TIPS_SUBMISSION_KEY_FILE": str(key_file)}


def _random() -> str:
    return b64encode(secrets.token_bytes(_BYTES)).decode()

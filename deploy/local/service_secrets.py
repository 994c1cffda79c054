"""What each service alone knows, made once. Without them sealed texts are unreadable and nothing is found."""

import hashlib
import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import ECKey

from deploy.local.private import write_private, write_private_json

_BYTES = 32
# The variables that hold 32 random bytes in base64; a sealing key carries its name in the key ring.
_RANDOM: Final[Mapping[str, tuple[str, ...]]] = {
    "tips": ("TIPS_SEALING_KEY", "TIPS_ID_SECRET", "TIPS_RECEIPT_SECRET"),
    "mediation": ("MEDIATION_SEALING_KEY", "MEDIATION_ID_SECRET"),
    "notifications": ("NOTIFICATIONS_SEALING_KEY", "NOTIFICATIONS_ID_SECRET"),
}
# What only a system on one machine allows itself.
_LOCAL_ONLY: Final[Mapping[str, Mapping[str, str]]] = {
    "tips": {"TIPS_REPORT_AREA": "99/99001"},  # the fictional ward, which no other system offers
    "notifications": {"NOTIFICATIONS_PRIVATE_WEBHOOKS": "true"},
}


def fresh_secrets(service: str) -> dict[str, str]:
    return {name: _random(name) for name in _RANDOM.get(service, ())}


def fresh_submission_key() -> dict[str, Any]:
    """The private JWK to whose public half clients encrypt submissions (ECDH-ES, RFC 7518 section 4.6)."""
    key = ECKey.generate_key("P-256", {"use": "enc", "alg": "ECDH-ES"}, auto_kid=True)
    return dict(key.as_dict(private=True))


def fresh_ledger_key() -> str:
    """The key that signs the ledger of tips (C2SP signed-note), under a name that no other ledger has."""
    name = f"liengia-{secrets.token_hex(4)}.local/ledger"
    key = Ed25519PrivateKey.generate()
    public = b"\x01" + key.public_key().public_bytes_raw()
    id = hashlib.sha256(name.encode() + b"\n" + public).hexdigest()[:8]
    return f"PRIVATE+KEY+{name}+{id}+{b64encode(bytes([1]) + key.private_bytes_raw()).decode()}"


def service_secrets(service: str, folder: Path) -> dict[str, str]:
    """The environment variables of `service` alone, its secrets from `folder`, made there on first use."""
    own = dict(_LOCAL_ONLY.get(service, {}))
    if service in _RANDOM:
        file = folder / f"{service}.json"
        if not file.exists():
            write_private_json(file, fresh_secrets(service))
        made: dict[str, str] = json.loads(file.read_text())
        own |= {name: _in_a_file(name, value, folder) for name, value in made.items()}
    if service == "tips":
        own["TIPS_SUBMISSION_KEY_FILE"] = str(_submission_key(folder))
        own["TIPS_LEDGER_KEY"] = _ledger_key(folder)
        own["TIPS_LEDGER_WITNESS_DIR"] = str(folder.parent / "ledger")
    return own


def _in_a_file(name: str, value: str, folder: Path) -> str:
    """A sealing key's ring lies in a file of its own, where a new key is put first; others stay as they
    are."""
    if not name.endswith("_SEALING_KEY"):
        return value
    file = folder / f"{name.lower()}s.txt"
    if not file.exists():
        write_private(file, f"{value}\n")
    return f"file:{file}"


def _submission_key(folder: Path) -> Path:
    file = folder / "submission.jwk.json"
    if not file.exists():
        write_private_json(file, fresh_submission_key())
    return file


def _ledger_key(folder: Path) -> str:
    file = folder / "ledger.key"
    if not file.exists():
        write_private(file, fresh_ledger_key())
    return file.read_text()


def _random(name: str) -> str:
    value = b64encode(secrets.token_bytes(_BYTES)).decode()
    return f"k1:{value}" if name.endswith("_SEALING_KEY") else value

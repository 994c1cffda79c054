"""Signatures by the Standard Webhooks specification (github.com/standard-webhooks), version `v1`."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32


def new_secret() -> str:
    """`whsec_` and 32 random bytes in Base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed(message: str, now: datetime, body: bytes, keys: Sequence[str]) -> Mapping[str, str]:
    """The three headers of a delivery; during a rotation with one signature per secret, the newest first."""
    timestamp = str(int(now.timestamp()))
    content = f"{message}.{timestamp}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_mac(key, content)}" for key in keys),
    }


def _mac(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()

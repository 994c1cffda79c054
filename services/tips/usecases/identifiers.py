"""Idempotency without a second collection: a repeat derives the same tip id and the same receipt code.

The seed names one intention of one principal. It is hashed at once, never stored and never logged, so the
database alone tells nobody which message, key or event a tip came from.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ID_CHARACTERS = 26


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a submission came from. `principal` keeps keys apart: nobody's key ever meets somebody else's.

    `message` is (channel, channel_msg_id), `key` the Idempotency-Key, `event` the (source, id) of a
    CloudEvent.
    """

    principal: str
    message: tuple[str, str] | None = None
    key: str | None = None
    event: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """Two independent secrets of at least 32 bytes: who learns one cannot derive ids and receipt codes from
    each other.
    """

    identifier: bytes
    receipt: bytes


def seed_of(origin: Origin) -> bytes:
    """The first of message, key and event that is there, within its principal; random without any."""
    for kind, present in (("message", origin.message), ("key", origin.key), ("event", origin.event)):
        if present is not None:
            parts = [origin.principal, kind, *([present] if isinstance(present, str) else present)]
            return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).digest()
    return secrets.token_bytes(32)


def tip_id(keys: Secrets, seed: bytes) -> str:
    """`tip_` and 26 characters of lower-case base32 (128 bits)."""
    return "tip_" + _base32(_keyed(keys.identifier, "id", seed)[:16])[:_ID_CHARACTERS]


def message_mark(keys: Secrets, tip_id: str, seed: bytes) -> str:
    """What tells a repeated message inside its tip."""
    return _keyed(keys.identifier, "message", tip_id.encode() + b"\0" + seed).hex()


def receipt_entropy(keys: Secrets, seed: bytes) -> bytes:
    """32 bytes from which the receipt code is spelled."""
    return _keyed(keys.receipt, "receipt", seed)


def receipt_mark(keys: Secrets, folded: str) -> str:
    """The keyed hash under which a receipt code is found; `folded` as by the domain's folding."""
    return _keyed(keys.receipt, "lookup", folded.encode()).hex()


def fingerprint(keys: Secrets, body: Mapping[str, Any]) -> str:
    """A keyed hash of a validated body, equal for equal bodies whatever the order of their members."""
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return _keyed(keys.identifier, "body", canonical.encode()).hex()


def _keyed(secret: bytes, purpose: str, value: bytes) -> bytes:
    return hmac.new(secret, purpose.encode() + b"\0" + value, hashlib.sha256).digest()


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=").lower()

"""Idempotency without a second collection: a repeat derives the same id, so it finds what it made.

The seed names one intention of one principal. It is hashed at once, never stored and never logged, so the
database alone tells nobody which message, key or event something came from.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from shared.errors import Conflict

_ID_CHARACTERS = 26


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an intention came from. `principal` keeps keys apart: nobody's key ever meets somebody else's.

    `message` is (channel, channel_msg_id), `key` the Idempotency-Key, `event` the (source, id) of a
    CloudEvent.
    """

    principal: str
    message: tuple[str, str] | None = None
    key: str | None = None
    event: tuple[str, str] | None = None


def seed_of(origin: Origin) -> bytes:
    """The first of message, key and event that is there, within its principal; random without any."""
    for kind, present in (("message", origin.message), ("key", origin.key), ("event", origin.event)):
        if present is not None:
            parts = [origin.principal, kind, *([present] if isinstance(present, str) else present)]
            return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).digest()
    return secrets.token_bytes(32)


def keyed(secret: bytes, purpose: str, value: bytes) -> bytes:
    """HMAC-SHA-256 of `value` for one purpose: two purposes of one secret never meet."""
    return hmac.digest(secret, purpose.encode() + b"\0" + value, "sha256")


def derived_id(prefix: str, secret: bytes, seed: bytes) -> str:
    """`<prefix>_` and 26 characters of lower-case base32 (128 bits): the same seed, the same id."""
    digest = keyed(secret, "id", seed)[:16]
    return f"{prefix}_{base64.b32encode(digest).decode().rstrip('=').lower()[:_ID_CHARACTERS]}"


def fingerprint(secret: bytes, body: Mapping[str, Any]) -> str:
    """A keyed hash of a JSON-native body, the same whatever the order of its members.

    Keyed, so that what is kept says nothing about a body that somebody might guess.
    """
    canonical = orjson.dumps(body, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return keyed(secret, "body", canonical).hex()


def refuse_another_body(kept: str | None, given: str) -> None:
    """Raises Conflict `idempotency_mismatch` when the fingerprint kept at creation is of another body."""
    if kept is not None and kept != given:
        raise Conflict("This key was used with another body.", code="idempotency_mismatch")

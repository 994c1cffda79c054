"""Cursors of readers outside: encrypted, because a position read in the clear would count hidden events.

Offsets number every event of a partition, also those that the reader may not see: the difference of two
positions would betray that there was one, and a heartbeat would betray it, too, if the same position always
gave the same text. Hence authenticated encryption with fresh randomness, and padding.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from services.notifications.usecases.log import LOG_BYTES, Position
from shared.errors import Fault, Invalid
from shared.identifiers import keyed

_FORM: Final = b"\x01"
_SALT_BYTES: Final = 8
_BLOCK: Final = 32
_LONGEST: Final = 16_384


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a reader stands: `count` events were delivered to it since its stream first began."""

    position: Position
    count: int
    at: datetime


class Cursors:
    """Writes and reads cursors. `secret` is the service's; `kept` is how long the log keeps its entries."""

    def __init__(self, secret: bytes, kept: timedelta) -> None:
        self._cipher = AESSIV(keyed(secret, "cursor", b"encrypt") + keyed(secret, "cursor", b"authenticate"))
        self._kept = kept

    def write(self, position: Position, count: int, now: datetime) -> str:
        """An opaque text that any replica reads; never twice the same."""
        body = bytearray(secrets.token_bytes(_SALT_BYTES) + _FORM)
        for number in (int(now.timestamp()), count):
            body += _varint(number)
        for log, n in position.items():
            body += log.to_bytes(LOG_BYTES) + _varint(n)
        body += b"\x00" * (-len(body) % _BLOCK)
        return urlsafe_b64encode(self._cipher.encrypt(bytes(body), None)).rstrip(b"=").decode()

    def read(self, text: str, now: datetime, *, pointer: str) -> Mark:
        """Raises Invalid `cursor_invalid`, or `cursor_expired` when what follows it is no longer kept."""
        try:
            if len(text) > _LONGEST:
                raise ValueError
            raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            body = self._cipher.decrypt(raw, None)[_SALT_BYTES:]
        except (ValueError, InvalidTag):
            raise _refusal("is not a cursor of this stream", "cursor_invalid", pointer) from None
        if body[:1] != _FORM:
            raise _refusal("is a cursor of another version", "cursor_invalid", pointer)
        mark = _mark(iter(body[1:]))
        if mark.at < now - self._kept:
            raise _refusal("is older than what is kept: begin anew", "cursor_expired", pointer)
        return mark


def _mark(body: Iterator[int]) -> Mark:
    at, count = _number(body), _number(body)
    position: dict[int, int] = {}
    # The padding reads as log 0 or ends within its name: no log has the number 0.
    while log := int.from_bytes(bytes(islice(body, LOG_BYTES))):
        position[log] = _number(body)
    return Mark(position, count, datetime.fromtimestamp(at, UTC))


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the top bit says that more follow."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _number(body: Iterator[int]) -> int:
    number = shift = 0
    for byte in body:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return number


def _refusal(message: str, code: str, pointer: str) -> Invalid:
    return Invalid("The cursor cannot be used.", (Fault(pointer, message),), code=code)

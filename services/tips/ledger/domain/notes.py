"""Signed notes and checkpoints in their written form (C2SP signed-note, tlog-checkpoint). Who signs and who
checks is elsewhere.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from services.tips.ledger.domain.merkle import HASH_BYTES

ED25519 = b"\x01"
_ID_BYTES = 4
_MOST_BYTES = 64 * 1024
_MARK = "\u2014 "
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Malformed(ValueError):
    """It is not written as the specification asks."""


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends with a newline and is what is signed."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        lines = [f"{_MARK}{one.name} {_encoded(one.id + one.value)}\n" for one in self.signatures]
        return f"{self.text}\n{''.join(lines)}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the tree: whose, how many leaves, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_encoded(self.root)}\n"


def key_id(name: str, public: bytes) -> bytes:
    """The short id of an Ed25519 key: four bytes over its name and itself."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:_ID_BYTES]


def is_name(text: str) -> bool:
    """Whether a key may be called so: no space, no plus, not empty."""
    return _NAME.fullmatch(text) is not None


def parse_note(written: str) -> Note:
    """Raises Malformed."""
    text, found, marks = written.rpartition("\n\n")
    if not found or not marks.endswith("\n") or _CONTROL.search(written) or len(written) > _MOST_BYTES:
        raise Malformed("This is not a signed note.")
    return Note(text + "\n", tuple(map(_signature, marks.removesuffix("\n").split("\n"))))


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text; further lines are nobody's concern here. Raises Malformed."""
    lines = text.split("\n")
    if len(lines) < 4 or "" in lines[:-1] or lines[-1] or not _SIZE.fullmatch(lines[1]):
        raise Malformed("This is not a checkpoint.")
    root = _decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise Malformed("The root of the checkpoint is not a SHA-256 hash.")
    return Checkpoint(lines[0], int(lines[1]), root)


def _signature(line: str) -> Signature:
    name, _, value = line.removeprefix(_MARK).partition(" ")
    raw = _decoded(value)
    if not line.startswith(_MARK) or not is_name(name) or len(raw) <= _ID_BYTES:
        raise Malformed("A signature of the note cannot be read.")
    return Signature(name, raw[:_ID_BYTES], raw[_ID_BYTES:])


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Malformed("A part that should be Base64 is not.") from None

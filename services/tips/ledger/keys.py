"""Ed25519 keys of notes in their written form (golang.org/x/mod/sumdb/note), and what they sign and open.

A key carries the name of the log, its origin: another name is another log.
"""

import base64
import secrets
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.tips.ledger.domain.notes import (
    ED25519,
    Checkpoint,
    Malformed,
    Note,
    Signature,
    is_name,
    key_id,
    parse_checkpoint,
    parse_note,
)

_PRIVATE = "PRIVATE+KEY+"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """`<name>+<id in hexadecimal>+<Base64>`, as anybody may have it."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, written: str) -> Self:
        """Raises Malformed."""
        name, id, public = _parts(written.strip())
        if key_id(name, public).hex() != id:
            raise Malformed("The key does not carry its own id.")
        return cls(name, public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encoded(self.public)}"

    @property
    def id(self) -> bytes:
        return key_id(self.name, self.public)

    def open(self, written: str) -> Checkpoint:
        """The checkpoint in a note that this key has signed, for the log that it names. Signatures by other
        keys are nobody's concern. Raises Malformed.
        """
        note = parse_note(written)
        own = [one.value for one in note.signatures if (one.name, one.id) == (self.name, self.id)]
        checkpoint = parse_checkpoint(note.text)
        if not own or not all(self._signed(note.text, value) for value in own):
            raise Malformed("The checkpoint is not signed by this key.")
        if checkpoint.origin != self.name:
            raise Malformed("The checkpoint is of another log.")
        return checkpoint

    def _signed(self, text: str, value: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`PRIVATE+KEY+<name>+<id in hexadecimal>+<Base64>`: a secret."""

    name: str
    seed: bytes

    @classmethod
    def fresh(cls, name: str) -> Self:
        """Raises Malformed for a name that no log may have."""
        if not is_name(name):
            raise Malformed("A log is named without spaces and plus signs, such as ledger.example.org/tips.")
        return cls(name, secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def parse(cls, written: str) -> Self:
        """Raises Malformed."""
        if not written.startswith(_PRIVATE):
            raise Malformed(f"A private key begins with {_PRIVATE}.")
        name, id, seed = _parts(written.strip().removeprefix(_PRIVATE))
        key = cls(name, seed)
        if key.verifier.id.hex() != id:
            raise Malformed("The key does not carry its own id.")
        return key

    def __str__(self) -> str:
        return f"{_PRIVATE}{self.name}+{self.verifier.id.hex()}+{_encoded(self.seed)}"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"

    @property
    def verifier(self) -> VerifierKey:
        public = self._private().public_key()
        return VerifierKey(self.name, public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, size: int, root: bytes) -> str:
        """The signed checkpoint of a tree. The same tree is always signed in the same bytes."""
        text = Checkpoint(self.name, size, root).text
        signed = Signature(self.name, self.verifier.id, self._private().sign(text.encode()))
        return str(Note(text, (signed,)))

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def _encoded(key: bytes) -> str:
    return base64.b64encode(ED25519 + key).decode()


def _parts(written: str) -> tuple[str, str, bytes]:
    """Name, id and the 32 bytes. The Base64 may itself hold a plus."""
    name, _, rest = written.partition("+")
    id, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    if not is_name(name) or raw[:1] != ED25519 or len(raw) != 1 + _KEY_BYTES:
        raise Malformed("This is not an Ed25519 key of signed notes.")
    return name, id, raw[1:]

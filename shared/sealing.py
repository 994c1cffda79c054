"""Sealing of texts under a data key per aggregate (AES-256-GCM, NIST SP 800-38D), itself wrapped by a
key-encryption key.

An aggregate stores its wrapped key beside its sealed texts; dropping the wrapped key erases them all, in
backups too. Every sealed text is bound to its aggregate and field, so that one moved elsewhere in the
database does not open. The wrapped form names its key-encryption key: a new one is put first in the ring,
the older ones stay for what they wrapped.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Invalid, LiengiaError

KEY_BYTES = 32
NONCE_BYTES = 12
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
_TEXT_FORM = "1"


class Unsealable(LiengiaError):
    """A sealed text or key does not open: changed, moved, or under a key-encryption key that is not in the
    ring."""

    code = "unsealable"


@dataclass(frozen=True, slots=True)
class Keyring:
    """Key-encryption keys of 32 bytes by id; `current` wraps new keys. Its representation shows ids only."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise Invalid("the current key-encryption key is not in the ring", code="bad_keyring")
        if any(_KEY_ID.fullmatch(name) is None or len(key) != KEY_BYTES for name, key in self.keys.items()):
            raise Invalid("key ids are short lower-case words and keys have 32 bytes", code="bad_keyring")

    @classmethod
    def parse(cls, setting: str) -> "Keyring":
        """`<id>:<base64 of 32 bytes>`, comma-separated, the current one first. Raises
        `Invalid(code="bad_keyring")`."""
        keys: dict[str, bytes] = {}
        for part in setting.split(","):
            name, _, encoded = part.strip().partition(":")
            if name in keys:
                raise Invalid("a key-encryption key id repeats", code="bad_keyring")
            keys[name] = _bytes(encoded, Invalid("a key-encryption key is not base64", code="bad_keyring"))
        return cls(next(iter(keys)), keys)


class DataKey:
    """The key of one aggregate, for as long as one call works on it. `wrapped` is what the aggregate
    stores."""

    __slots__ = ("_aggregate_id", "_cipher", "wrapped")

    def __init__(self, wrapped: str, aggregate_id: str, key: bytes) -> None:
        self.wrapped = wrapped
        self._aggregate_id = aggregate_id
        self._cipher = AESGCM(key)

    def seal(self, field: str, text: str) -> str:
        """`text` sealed for one field of the aggregate, as printable ASCII."""
        return f"{_TEXT_FORM}.{_encrypt(self._cipher, text.encode(), 'text', self._aggregate_id, field)}"

    def seal_bytes(self, field: str, content: bytes) -> bytes:
        """`content` sealed for one field, 28 bytes longer."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, _bound(("bytes", self._aggregate_id, field)))

    def open_bytes(self, field: str, sealed: bytes) -> bytes:
        """What `seal_bytes` was given for the same aggregate and field; otherwise raises `Unsealable`."""
        return _opened(self._cipher, sealed, ("bytes", self._aggregate_id, field))

    def open(self, field: str, sealed: str) -> str:
        """The text that `seal` was given for the same aggregate and field; otherwise raises `Unsealable`."""
        form, _, content = sealed.partition(".")
        if form != _TEXT_FORM:
            raise Unsealable("the sealed text has a form that is not known here")
        return _decrypt(self._cipher, content, "text", self._aggregate_id, field).decode()


class Sealer:
    def __init__(self, ring: Keyring) -> None:
        self._ring = ring
        self._wrapping = {name: AESGCM(key) for name, key in ring.keys.items()}

    def new(self, aggregate_id: str) -> DataKey:
        """A fresh data key for `aggregate_id`."""
        key = secrets.token_bytes(KEY_BYTES)
        return DataKey(self._wrap(key, aggregate_id), aggregate_id, key)

    def new_key(self, aggregate_id: str) -> str:
        """A fresh data key, wrapped for `aggregate_id`: what the aggregate stores."""
        return self.new(aggregate_id).wrapped

    @property
    def current(self) -> str:
        """The id of the key-encryption key that wraps new keys; a wrapped key begins with it and a dot."""
        return self._ring.current

    def rewrap(self, wrapped: str, aggregate_id: str) -> str:
        """The same data key under the current key-encryption key. Raises `Unsealable`."""
        return self._wrap(self._key(wrapped, aggregate_id), aggregate_id)

    def seal(self, wrapped: str, aggregate_id: str, field: str, text: str) -> str:
        """As `DataKey.seal`, with the key as stored. Raises `Unsealable` when the key does not open."""
        return self.key(wrapped, aggregate_id).seal(field, text)

    def open(self, wrapped: str, aggregate_id: str, field: str, sealed: str) -> str:
        """As `DataKey.open`, with the key as stored. Raises `Unsealable`."""
        return self.key(wrapped, aggregate_id).open(field, sealed)

    def key(self, wrapped: str, aggregate_id: str) -> DataKey:
        """The data key of an aggregate, for work on more than one field. Raises `Unsealable`."""
        return DataKey(wrapped, aggregate_id, self._key(wrapped, aggregate_id))

    def _wrap(self, key: bytes, aggregate_id: str) -> str:
        name = self._ring.current
        return f"{name}.{_encrypt(self._wrapping[name], key, 'key', aggregate_id, name)}"

    def _key(self, wrapped: str, aggregate_id: str) -> bytes:
        name, _, content = wrapped.partition(".")
        if name not in self._wrapping:
            raise Unsealable("the data key is wrapped by a key-encryption key that is not in the ring")
        return _decrypt(self._wrapping[name], content, "key", aggregate_id, name)


def _encrypt(cipher: AESGCM, content: bytes, *bound_to: str) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + cipher.encrypt(nonce, content, _bound(bound_to))).decode()


def _decrypt(cipher: AESGCM, encoded: str, *bound_to: str) -> bytes:
    return _opened(cipher, _bytes(encoded, Unsealable("the sealed value is damaged")), bound_to)


def _opened(cipher: AESGCM, raw: bytes, bound_to: tuple[str, ...]) -> bytes:
    if len(raw) <= NONCE_BYTES:
        raise Unsealable("the sealed value is damaged")
    try:
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(bound_to))
    except InvalidTag:
        raise Unsealable("the sealed value was changed, or belongs to another aggregate or field") from None


def _bound(parts: tuple[str, ...]) -> bytes:
    """Length before content, so that no two lists of parts give the same bytes."""
    bound = b""
    for part in parts:
        raw = part.encode()
        bound += len(raw).to_bytes(4, "big") + raw
    return bound


def _bytes(encoded: str, refusal: LiengiaError) -> bytes:
    try:
        return base64.b64decode(encoded.translate(_URLSAFE), validate=True)
    except (binascii.Error, ValueError):
        raise refusal from None


_URLSAFE = str.maketrans("-_", "+/")

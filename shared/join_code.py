"""Join codes: what a reporter brings from tips to mediation, once. Only its hash travels, in the referral.

A code is 20 characters of a 32-letter alphabet (100 bits) in groups of five, so that its plain SHA-256 can be
published: nobody can try them all. It tolerates case, spaces and hyphens, and O for 0, I and L for 1
(Crockford's base 32).
"""

import hashlib
import re

from shared.errors import Fault, Invalid

ENTROPY_BYTES = 20
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 20
_ALIKE = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s-]+")


def spell(entropy: bytes) -> str:
    """The code of at least 20 random or keyed bytes, such as `7QK2M-0RWX4-…`."""
    if len(entropy) < ENTROPY_BYTES:
        raise ValueError(f"a join code needs {ENTROPY_BYTES} bytes")
    letters = "".join(_ALPHABET[byte % 32] for byte in entropy[:_LENGTH])
    return "-".join(letters[start : start + 5] for start in range(0, _LENGTH, 5))


def join_hash(said: str) -> str:
    """SHA-256 (hex) of a code as somebody typed it. Raises Invalid for what cannot be one."""
    letters = _BETWEEN.sub("", said.upper()).translate(_ALIKE)
    if len(letters) != _LENGTH or set(letters) - set(_ALPHABET):
        raise Invalid("The join code cannot be read.", (Fault("/code", "is not a join code"),))
    return hashlib.sha256(letters.encode()).hexdigest()

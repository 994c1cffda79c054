"""Receipt codes: nine everyday Vietnamese words that a frightened person can write down or say on the
telephone.

`new_code` spells 81 bits of a keyed hash. Codes are ASCII, so that they travel in an HTTP header; `aloud`
gives the marks back. Nothing here keeps a code: only a keyed hash of what `parse` returns is ever stored.
"""

import hashlib
import re
import unicodedata

from services.tips.receipt.domain.words import WORDS
from shared.errors import Unauthorised

LENGTH = 9
BITS_A_WORD = 9
ENTROPY_BYTES = 16
_MARKED = re.compile(r"[^a-z]+")
_LONGEST_SAID = 400


def fold(text: str) -> str:
    """`text` as it is matched: lower case, đ to d, marks removed, everything but letters left out. NFC and
    NFD fold alike."""
    plain = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return _MARKED.sub("", plain)


_FOLDED = tuple(fold(word) for word in WORDS)
_KNOWN = frozenset(_FOLDED)
_SHORTEST, _LONGEST = min(map(len, _FOLDED)), max(map(len, _FOLDED))
_MARKS = dict(zip(_FOLDED, WORDS, strict=True))


def new_code(digest: bytes) -> str:
    """The code of a keyed hash, such as `gao-sen-mua-…`; the same bytes give the same code.

    `digest` has at least 16 bytes. A code that could be read in two ways once its hyphens are lost is
    passed over (about one in fifteen) and the next one derived, which leaves 80.9 of the 81 bits.
    """
    if len(digest) < ENTROPY_BYTES:
        raise ValueError(f"a receipt code needs {ENTROPY_BYTES} bytes")
    while True:
        number = int.from_bytes(digest[:ENTROPY_BYTES], "big")
        words = [_FOLDED[(number >> BITS_A_WORD * place) % len(_FOLDED)] for place in range(LENGTH)]
        letters = "".join(words)
        if _reached(letters)[LENGTH].get(len(letters)) == 1:
            return "-".join(words)
        digest = hashlib.sha256(digest).digest()


def parse(said: str) -> str:
    """The code that somebody typed or said, in its one written form: case, marks, spaces, hyphens and
    commas do not matter.

    Raises `Unauthorised(code="receipt_unknown")` when it cannot be a code, in the same words as for a code
    nobody has.
    """
    letters = fold(said) if len(said) <= _LONGEST_SAID else ""
    reached = _reached(letters)
    if reached[LENGTH].get(len(letters)) != 1:
        raise Unauthorised("this receipt code is not known", code="receipt_unknown")
    return "-".join(_only_reading(letters, reached))


def aloud(code: str) -> str:
    """The code with its marks and spaces, as it is shown and read to people: `gạo sen mùa …`."""
    return " ".join(_MARKS[word] for word in code.split("-"))


def _reached(letters: str) -> list[dict[int, int]]:
    """For 0 to nine words: the places in `letters` that so many words end at, and in how many ways."""
    reached: list[dict[int, int]] = [{0: 1}]
    for _ in range(LENGTH):
        ends: dict[int, int] = {}
        for start, ways in reached[-1].items():
            for end in range(start + _SHORTEST, start + _LONGEST + 1):
                if letters[start:end] in _KNOWN and end <= len(letters):
                    ends[end] = ends.get(end, 0) + ways
        reached.append(ends)
    return reached


def _only_reading(letters: str, reached: list[dict[int, int]]) -> list[str]:
    """The words of the one way to read all `letters`, found from its end."""
    words, end = list[str](), len(letters)
    for before in reversed(reached[:LENGTH]):
        start = next(start for start in before if letters[start:end] in _KNOWN)
        words.append(letters[start:end])
        end = start
    return words[::-1]

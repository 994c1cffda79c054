"""What stands in the log: for one entry of a case history a salted commitment, and nothing else.

It is HMAC-SHA-256 under a salt that only the holder of the receipt and the officers can get, over four lines:
this format's name, what happened, when, and the hash of the history entry, which itself covers the whole
history before it. Without the salt it is 32 bytes like the random ones beside it.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

FORMAT = "liengia/tip-history/v1"
BYTES = 32


@dataclass(frozen=True, slots=True)
class Statement:
    """`what` and `at` as in the case history, `chain` its entry's hash in lower-case hexadecimal."""

    what: str
    at: datetime
    chain: str

    @property
    def text(self) -> str:
        return f"{FORMAT}\n{self.what}\n{moment(self.at)}\n{self.chain}\n"


def commit(statement: Statement, salt: bytes) -> bytes:
    return hmac.digest(salt, statement.text.encode(), "sha256")


def moment(at: datetime) -> str:
    """In UTC with milliseconds, `2026-03-02T08:00:00.000Z`: one spelling for one moment."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

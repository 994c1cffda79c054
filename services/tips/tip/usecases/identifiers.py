"""What of a tip is derived from where it came from: a repeat finds the same tip and the same receipt code."""

from dataclasses import dataclass

from shared.identifiers import Origin, derived_id, keyed, seed_of


@dataclass(frozen=True, slots=True)
class Secrets:
    """Two independent secrets of at least 32 bytes: who learns one cannot derive ids and receipt codes from
    each other.
    """

    identifier: bytes
    receipt: bytes


def tip_id(secrets: Secrets, seed: bytes) -> str:
    return derived_id("tip", secrets.identifier, seed)


def mark_of(secrets: Secrets, tip_id: str, principal: str, key: str | None) -> str:
    """What tells a repeated call inside its tip; random without a key, so that two like calls stay two."""
    seed = seed_of(Origin(principal, key=key))
    return keyed(secrets.identifier, "message", tip_id.encode() + b"\0" + seed).hex()


def receipt_entropy(secrets: Secrets, seed: bytes) -> bytes:
    """32 bytes from which the receipt code is spelled."""
    return keyed(secrets.receipt, "receipt", seed)


def join_entropy(secrets: Secrets, tip_id: str, referral: int) -> bytes:
    """32 bytes from which the join code of one referral is spelled: it is derived again, never stored."""
    return keyed(secrets.receipt, "join", f"{tip_id}\0{referral}".encode())


def receipt_mark(secrets: Secrets, folded: str) -> str:
    """The keyed hash under which a receipt code is found; `folded` as by the domain's folding."""
    return keyed(secrets.receipt, "lookup", folded.encode()).hex()

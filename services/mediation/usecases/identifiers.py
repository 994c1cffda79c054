"""What is derived from an intention: ids of cases and teams, party codes, and marks that tell a repeat."""

from shared.events import Event
from shared.identifiers import Origin, derived_id, keyed, seed_of
from shared.join_code import join_hash, spell


def case_of_referral(secret: bytes, event: Event) -> str:
    """One case per referral: its id derives from the event that referred, whoever reads it and how often."""
    return derived_id("case", secret, seed_of(Origin("event", event=(event.source, event.id))))


def mark(secret: bytes, aggregate_id: str, seed: bytes, place: int = 0) -> bytes:
    """What tells a repeated addition inside an aggregate, and what a party's code is spelled from. `place` is
    that among several added at once."""
    return keyed(secret, "mark", aggregate_id.encode() + b"\0" + seed + place.to_bytes(2, "big"))


def party_code(secret: bytes, mark: bytes) -> str:
    """The code of a party, spelled as a join code: shown once to whoever adds the party."""
    return spell(keyed(secret, "party", mark))


def code_mark(secret: bytes, said: str) -> str:
    """The keyed hash under which a party's code is found. Raises Invalid for what cannot be a code."""
    return keyed(secret, "lookup", join_hash(said).encode()).hex()

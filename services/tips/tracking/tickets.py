"""Tickets: for a short while a page may act for a receipt code without the code standing in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.clock import Clock
from shared.sealing import Sealer, Unsealable

GOOD_FOR: Final = timedelta(minutes=20)
_PURPOSE: Final = "track"
_FIELD: Final = "code"


@dataclass(frozen=True, slots=True)
class Tickets:
    """Sealed under the ring that seals tips, so every replica opens them and nobody else does."""

    sealer: Sealer
    clock: Clock

    def issue(self, code: str) -> str:
        """A new one, good from now on."""
        key = self.sealer.new(_PURPOSE)
        until = self.clock.now() + GOOD_FOR
        return f"{key.wrapped}~{key.seal(_FIELD, f'{until.isoformat()} {code}')}"

    def code(self, ticket: str) -> str | None:
        """The code that it stands for; None once it has run out, and for what is none."""
        wrapped, _, sealed = ticket.partition("~")
        try:
            until, _, code = self.sealer.open(wrapped, _PURPOSE, _FIELD, sealed).partition(" ")
        except Unsealable:
            return None
        return code if self.clock.now() < datetime.fromisoformat(until) else None

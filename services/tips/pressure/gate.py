"""The way through when an address has used up its share: a computation by script, or a wait without."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final, cast

from altcha import v1

from services.tips.pages.forms import Form
from services.tips.pressure.tallies import Tallies
from shared.clock import Clock
from shared.sealing import Sealer, Unsealable

HARDNESS: Final = 60_000  # at most so many hashes: a second or two on a cheap telephone
WAIT: Final = timedelta(seconds=30)
GOOD_FOR: Final = timedelta(minutes=30)
_PURPOSE: Final = "wait"
_TEXTS: Final = ("algorithm", "challenge", "salt", "signature")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a form carries to get through: `challenge` for a script, `wait` to be sent after `seconds`."""

    challenge: str
    wait: str
    seconds: int


class Gate:
    """`secret` signs challenges, and `sealer` seals waits: any replica takes what another gave out.

    What was used is remembered here alone, so each works once at each replica.
    """

    def __init__(self, secret: str, sealer: Sealer, clock: Clock, share: int) -> None:
        self._secret = secret
        self._sealer = sealer
        self._clock = clock
        self._tallies = Tallies(share)
        self._used: dict[str, datetime] = {}
        self._slots: dict[bytes, datetime] = {}

    def count(self, what: str, address: str) -> None:
        self._tallies.add(what, address, self._clock.now())

    def asks(self, what: str, address: str, form: Form) -> Proof | None:
        """None lets it through; else what the form has to bring next time. A proof works once."""
        now = self._clock.now()
        if not self._tallies.over(what, address, now) or self._computed(form, now) or self._waited(form, now):
            return None
        kept = self._opened(form.get("wait", ""))
        if kept is not None and kept[0] not in self._used:
            return self._proof(form["wait"], kept[1], now)
        mark = self._tallies.mark(address, now)
        self._slots = {one: at for one, at in self._slots.items() if at > now}
        # One after the other for each address: who asks for many waits gets them in a row, not at once.
        at = self._slots[mark] = max(now, self._slots.get(mark, now)) + WAIT
        key = self._sealer.new(_PURPOSE)
        sealed = key.seal(_PURPOSE, f"{secrets.token_hex(8)} {at.isoformat()}")
        return self._proof(f"{key.wrapped}~{sealed}", at, now)

    def _proof(self, wait: str, at: datetime, now: datetime) -> Proof:
        made = v1.create_challenge(
            v1.ChallengeOptions(hmac_key=self._secret, max_number=HARDNESS, expires=now + GOOD_FOR)
        )
        told = {
            "algorithm": made.algorithm,
            "challenge": made.challenge,
            "maxnumber": HARDNESS,
            "salt": made.salt,
            "signature": made.signature,
        }
        return Proof(json.dumps(told), wait, max(0, ceil((at - now).total_seconds())))

    def _computed(self, form: Form, now: datetime) -> bool:
        try:
            told = json.loads(base64.b64decode(form.get("altcha", ""), validate=True))
        except ValueError:
            return False
        if not isinstance(told, dict) or any(not isinstance(told.get(name), str) for name in _TEXTS):
            return False
        right, _ = v1.verify_solution(cast(v1.PayloadType, told), self._secret)
        return right and self._use(told["challenge"], now)

    def _waited(self, form: Form, now: datetime) -> bool:
        found = self._opened(form.get("wait", ""))
        return found is not None and found[1] <= now < found[1] + GOOD_FOR and self._use(found[0], now)

    def _opened(self, wait: str) -> tuple[str, datetime] | None:
        wrapped, _, sealed = wait.partition("~")
        try:
            name, _, at = self._sealer.open(wrapped, _PURPOSE, _PURPOSE, sealed).partition(" ")
        except Unsealable:
            return None
        return name, datetime.fromisoformat(at)

    def _use(self, name: str, now: datetime) -> bool:
        if name in self._used:
            return False
        self._used = {one: until for one, until in self._used.items() if until > now}
        self._used[name] = now + 2 * GOOD_FOR
        return True

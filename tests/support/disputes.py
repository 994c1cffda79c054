"""Disputes from the report to the end of the talks, through the doors of tips and mediation."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.support.persistent import Persistent
from tests.support.system import AREA, Replica, System, report

_QUESTIONS = ("state_or_public_interest", "must_be_prosecuted", "must_be_sanctioned", "barred_by_law")
_MEDIATORS = (("mediator-1", True), ("mediator-2", True), ("mediator-3", False))
_CHOSEN = 3
# Of so many disputes one ends without an agreement.
_ONE_FAILS_OF = 3


@dataclass(frozen=True, slots=True)
class Dispute:
    """A tip that was brought to mediation, the case that it opened, and the codes given out on the way."""

    tip: str
    case: str
    receipt: str
    join_code: str
    party_codes: tuple[str, ...]
    settled: bool


@dataclass
class Disputes:
    """Carries each dispute to its end, whatever breaks meanwhile. `ended` are those that came there, `doors`
    the replicas that are called where they are not all."""

    system: System
    doors: Callable[[str], Sequence[Replica]] | None = None
    ended: list[Dispute] = field(default_factory=list)

    async def run(self, count: int, *, at_once: int = 4) -> None:
        """`count` disputes; every third ends without an agreement."""
        gate = asyncio.Semaphore(at_once)
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            calls = Persistent(self.system, client, self.doors)
            team = await found_team(calls)

            async def one(number: int) -> None:
                async with gate:
                    talks = Talks(calls, team)
                    settled = number % _ONE_FAILS_OF != _ONE_FAILS_OF - 1
                    self.ended.append(await talks.play(settled=settled))

            await asyncio.gather(*(one(number) for number in range(count)))

    @property
    def tips(self) -> list[str]:
        return [dispute.tip for dispute in self.ended]


async def found_team(calls: Persistent) -> str:
    """The team of the tests' residential area: the same one, however often it is founded."""
    head = calls.system.bearer("mediation:head", subject="head-1")
    body: dict[str, Any] = {"area": AREA, "name": "Tổ hòa giải tổ dân phố 4"}
    team: str = (await calls.post("mediation", "/teams", head, body, key="team-4")).json()["id"]
    for subject, woman in _MEDIATORS:
        body = {"subject": subject, "name": f"Người {subject}", "woman": woman, "elected_share": 0.8}
        await calls.post("mediation", f"/teams/{team}/mediators", head, body, key=f"team-4-{subject}")
    return team


@dataclass
class Talks:
    """One dispute. `words` are what people tell: parties, place, note, term."""

    calls: Persistent
    team: str
    words: dict[str, str] = field(default_factory=dict)

    async def play(self, *, settled: bool) -> Dispute:
        tip, receipt, join_code = await self.refer()
        case, first = await self._join(join_code)
        second = await self._accept(case, first)
        await self._meet(case, settled=settled)
        return Dispute(tip, case, receipt, join_code, (first, second), settled)

    async def refer(self) -> tuple[str, str, str]:
        """Reported, classified, referred. Returns the tip, its receipt code and its join code."""
        calls, officer = self.calls, self.calls.system.bearer("tips:read", "tips:handle")
        body = report(category="neighbour_dispute")
        accepted = (await calls.post("tips", "/tips", {}, body, key=str(uuid4()))).json()
        tip, receipt = accepted["id"], accepted["receipt_code"]
        dispute = {"classification": "dispute", "dispute_type": "noise"}
        await calls.post("tips", f"/tips/{tip}/classify", officer, dispute)
        referral = {
            "scope": dict.fromkeys(_QUESTIONS, False),
            "reporter_is_party": True,
            "consent": {"how": "phone", "at": datetime.now(UTC).isoformat()},
        }
        await calls.post("tips", f"/tips/{tip}/refer-to-mediation", officer, referral)
        return tip, receipt, await self._join_code(receipt)

    async def _join_code(self, receipt: str) -> str:
        headers = {"Authorization": f"Receipt {receipt}"}
        while True:
            for door in self.calls.of("tips"):
                try:
                    seen = await self.calls.client.get(door.url + "/reporter/tip", headers=headers)
                except httpx.HTTPError:
                    continue
                if seen.status_code == 200:
                    return str(seen.json()["mediation"]["join_code"])
            await asyncio.sleep(0.1)

    async def _join(self, code: str) -> tuple[str, str]:
        """The reporter joins as soon as the referral has come: until then the code is unknown."""
        told = self._person("first")
        answer = await self.calls.post("mediation", "/join", {}, {**told, "code": code}, key=str(uuid4()))
        joined = answer.json()
        return joined["case_id"], joined["code"]

    async def _accept(self, case: str, first: str) -> str:
        head = self._head()
        await self._on(case, "scope-check", head, {"decision": "in"})
        answer = await self._on(case, "parties", head, self._person("second"), key=str(uuid4()))
        agreed = {"agrees": True}
        await self.calls.post("mediation", "/party/consent", {"Authorization": f"Receipt {first}"}, agreed)
        await self._on(case, "consents", head, {"party": 2, **agreed})
        return str(answer.json()["code"])

    async def _meet(self, case: str, *, settled: bool) -> None:
        mediator = self.calls.system.bearer("mediation:handle", subject=_MEDIATORS[_CHOSEN - 1][0])
        await self._on(case, "assignments", self._head(), {"team_id": self.team, "mediator": _CHOSEN})
        session = {
            "held_at": (datetime.now(UTC) - timedelta(milliseconds=100)).isoformat(),
            "attended": [1, 2],
            "place": self.words.get("place", "Nhà văn hóa tổ dân phố 4"),
            "note": self.words.get("note", "Hai bên cùng nói chuyện."),
        }
        await self._on(case, "sessions", mediator, session)
        term = {"text": self.words.get("term", "Tắt loa sau 22 giờ."), "owners": [1]}
        outcome: dict[str, Any] = {"outcome": "successful", "terms": [term]}
        await self._on(case, "outcome", mediator, outcome if settled else {"outcome": "unsuccessful"})

    async def _on(
        self, case: str, call: str, headers: dict[str, str], body: dict[str, Any], key: str | None = None
    ) -> httpx.Response:
        return await self.calls.post("mediation", f"/cases/{case}/{call}", headers, body, key=key)

    def _head(self) -> dict[str, str]:
        return self.calls.system.bearer("mediation:head", subject="head-1")

    def _person(self, which: str) -> dict[str, str]:
        """What a party tells: a name, and what `words` adds as `<which> <member>`."""
        told = {"name": f"Bên {which}"}
        for name, value in self.words.items():
            side, _, member = name.partition(" ")
            if side == which:
                told[member] = value
        return told

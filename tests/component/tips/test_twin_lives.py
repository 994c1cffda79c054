"""Whatever happened: what somebody reads of tips never depends on what they may not know."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.tips.config import TipsSettings
from services.tips.main import create, prepare
from tests.component.tips.conftest import EVERY_RIGHT, Desk, MovableClock, open_door, report
from tests.support.stack import FreshDatabase
from tests.support.tokens import Issuer
from tests.support.twins import LIVES, Secret, SteppedClock, both, key, pending_events, read, this_minute

STEPS = ("report", "classify", "assign", "messages", "resolve", "reply", "rate", "about an officer")
HISTORIES = st.lists(st.sampled_from(STEPS), min_size=4, max_size=12).map(lambda steps: ["report", *steps])
RESTRICTED = "about an officer"
READ = ("", "/clocks")


class Life:
    """Plays steps; each acts on the youngest tip that anybody may know of."""

    def __init__(self, desk: Desk, clock: SteppedClock, secret: Secret) -> None:
        self.desk, self.clock, self.secret = desk, clock, secret
        self.tips: list[dict[str, Any]] = []
        self.hidden: list[str] = []

    async def play(self, steps: Sequence[str], words: str) -> None:
        for number, step in enumerate(steps):
            self.clock.step()
            if step == "report":
                self.tips.append(await self._report(number, words))
            elif step == RESTRICTED:
                if self.secret.more:
                    await self._about_an_officer(number, words)
            else:
                await self._act(step, words)

    async def _report(self, number: int, words: str, **changes: Any) -> dict[str, Any]:
        reporter = {"name": self.secret.words, "zalo": self.secret.words}
        body = report(text=words, reporter=reporter, identity_mode="protected", **changes)
        answer = await self.desk.http.post("/tips", json=body, headers=key(number))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def _about_an_officer(self, number: int, words: str) -> None:
        tip = await self._report(number, words, category="officer_misconduct")
        inspector = self.desk.officer(*EVERY_RIGHT, "inspectorate", sub="inspector-1")
        for name, body in (("assign", {"to": "inspector-1"}), ("messages", {"text": words})):
            await self.desk.call(tip["id"], name, body, by=inspector)
        self.hidden.append(tip["id"])

    async def _act(self, step: str, words: str) -> None:
        tip = self.tips[-1]
        bodies = {
            "classify": {"classification": "information"},
            "assign": {"to": "officer-2"},
            "messages": {"text": words},
            "resolve": {"note": words},
            "reply": {"text": words},
        }
        if step == "rate":
            headers = {"Authorization": f"Receipt {tip['receipt_code']}"}
            await self.desk.http.post("/reporter/rating", json={"rating": 3}, headers=headers)
        else:
            await self.desk.call(tip["id"], step, bodies[step])


@asynccontextmanager
async def life_of(
    settings: TipsSettings, issuer: Issuer, secret: Secret, start: datetime
) -> AsyncIterator[Life]:
    clock = SteppedClock(start)
    async with open_door(create(settings, clock=clock)) as http:
        yield Life(Desk(http, issuer, MovableClock(), settings, ""), clock, secret)


@LIVES
@given(steps=HISTORIES)
async def test_an_officer_learns_nothing_of_who_wrote_nor_that_a_colleague_was_reported(
    settings: TipsSettings, issuer: Issuer, fresh_database: FreshDatabase, steps: list[str]
) -> None:
    await prepare(settings)
    start, officer = this_minute(), issuer.bearer(*EVERY_RIGHT, areas=("99",), subject="officer-9")

    async def live(secret: Secret) -> Any:
        async with life_of(settings, issuer, secret, start) as life:
            await life.play(steps, "Ai cũng được đọc.")
            ids = [tip["id"] for tip in life.tips]
            lists = ["/tips?limit=2", "/tips?overdue=false", "/tips?status=received&limit=1"]
            return await read(
                life.desk.http, officer, [*lists, *(f"/tips/{id}{part}" for id in ids for part in READ)]
            )

    one, other = await both(live, fresh_database)
    assert one == other


@LIVES
@given(steps=HISTORIES)
async def test_a_subscriber_and_another_reporter_learn_nothing_of_what_was_written(
    settings: TipsSettings, issuer: Issuer, fresh_database: FreshDatabase, steps: list[str]
) -> None:
    await prepare(settings)
    start = this_minute()

    async def live(secret: Secret) -> Any:
        async with life_of(settings, issuer, secret, start) as life:
            another = await life.desk.http.post("/tips", json=report(text="Của tôi"), headers=key(999))
            await life.play(steps, secret.words)
            code = {"Authorization": f"Receipt {another.json()['receipt_code']}"}
            return await read(life.desk.http, code, ["/reporter/tip"]), await pending_events(
                fresh_database, "tips"
            )

    one, other = await both(live, fresh_database)
    assert one == other

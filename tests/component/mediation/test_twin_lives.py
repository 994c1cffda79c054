"""Whatever happened in a case: what somebody reads of it never depends on what they may not know."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.mediation.config import MediationSettings
from services.mediation.main import create, prepare
from tests.component.mediation.conftest import AREA, Desk, open_door, receipt
from tests.support.moving import MovableClock
from tests.support.stack import FreshDatabase
from tests.support.tokens import Issuer
from tests.support.twins import LIVES, Secret, SteppedClock, both, key, pending_events, read, this_minute

INSIDE = "attempt"
STEPS = ("scope", "agree", "agree", "assign", "meet", "settle", "fail", "withdraw", "object", INSIDE)
HISTORIES = st.lists(st.sampled_from(STEPS), min_size=3, max_size=12)
IN_ORDER = ("scope", INSIDE, "agree", "agree", "assign", "meet", INSIDE, "settle")


class Life:
    """One case with two parties: each step is tried, lawful or not."""

    def __init__(self, desk: Desk, clock: SteppedClock, secret: Secret) -> None:
        self.desk, self.clock, self.secret = desk, clock, secret
        self.case, self.team, self.codes, self.agreed = "", "", [""], 0

    async def begin(self) -> None:
        await self._team()
        words = self.secret.words
        first = {"name": "Bên A", "statement": "Điều tôi biết."}
        second = {"name": words, "phone": "0900 000 000", "address": words, "statement": words}
        body = {"area": AREA, "dispute_type": "noise", "ground": "party_request", "parties": [first, second]}
        opened = await self.desk.http.post("/cases", json=body, headers={**self.desk.head, **key(1)})
        assert opened.status_code == 201, opened.text
        self.case, self.codes = opened.json()["id"], [one["code"] for one in opened.json()["codes"]]

    async def _team(self) -> None:
        headers = {**self.desk.head, **key(2)}
        made = await self.desk.http.post("/teams", json={"area": AREA, "name": "Tổ 2"}, headers=headers)
        self.team = made.json()["id"]
        for number, subject in enumerate(("hgv-01", "hgv-02", "hgv-03"), 3):
            body = {"subject": subject, "name": self.secret.words, "woman": True, "elected_share": 0.8}
            headers = {**self.desk.head, **key(number)}
            await self.desk.http.post(f"/teams/{self.team}/mediators", json=body, headers=headers)

    async def play(self, steps: Sequence[str]) -> None:
        for step in steps:
            self.clock.step()
            if step != INSIDE or self.secret.more:
                await self._act(step)

    async def _act(self, step: str) -> None:
        words = self.secret.words
        session = {
            "held_at": self.clock.now().isoformat(),
            "attended": [1, 2],
            "place": "Nhà văn hóa",
            "note": words,
        }
        settled = {"outcome": "successful", "terms": [{"text": "Nhỏ loa.", "owners": [1]}]}
        if step == "agree":
            self.agreed += 1
        name, body, by = {
            "scope": ("scope-check", {"decision": "in"}, None),
            "agree": ("consents", {"party": min(self.agreed, 2), "agrees": True}, None),
            "assign": ("assignments", {"team_id": self.team, "mediator": 2}, None),
            "meet": ("sessions", session, self.desk.serving()),
            "settle": ("outcome", settled, self.desk.serving()),
            "fail": ("outcome", {"outcome": "unsuccessful", "note": words}, self.desk.serving()),
            "withdraw": ("withdraw", {"reason": words}, None),
            "object": ("objections", {"party": 2, "reason": words}, None),
            INSIDE: ("attempts", {"party": 2}, None),
        }[step]
        await self.desk.call(self.case, name, body, by=by)


@asynccontextmanager
async def life_of(
    settings: MediationSettings, issuer: Issuer, secret: Secret, start: datetime
) -> AsyncIterator[Life]:
    clock = SteppedClock(start)
    async with open_door(create(settings, clock=clock)) as http:
        life = Life(Desk(http, issuer, MovableClock(), settings), clock, secret)
        await life.begin()
        yield life


@LIVES
@given(steps=HISTORIES | st.just(list(IN_ORDER)))
async def test_police_other_mediators_and_subscribers_learn_nothing_of_what_goes_on_inside(
    settings: MediationSettings, issuer: Issuer, fresh_database: FreshDatabase, steps: list[str]
) -> None:
    await prepare(settings)
    start = this_minute()

    async def live(secret: Secret) -> Any:
        async with life_of(settings, issuer, secret, start) as life:
            await life.play(steps)
            desk, paths = life.desk, ["/cases", f"/cases/{life.case}", f"/cases/{life.case}/logbook"]
            return (
                await read(desk.http, desk.police, [*paths, "/teams"]),
                await read(desk.http, desk.serving("hgv-03"), [*paths, f"/teams/{life.team}"]),
                await pending_events(fresh_database, "cases"),
            )

    one, other = await both(live, fresh_database)
    assert one == other


@LIVES
@given(steps=HISTORIES | st.just(list(IN_ORDER)))
async def test_a_party_learns_nothing_that_the_other_told_the_team_alone(
    settings: MediationSettings, issuer: Issuer, fresh_database: FreshDatabase, steps: list[str]
) -> None:
    await prepare(settings)
    start = this_minute()

    async def live(secret: Secret) -> Any:
        async with life_of(settings, issuer, secret, start) as life:
            await life.play(steps)
            return await read(life.desk.http, receipt(life.codes[0]), ["/party/case"])

    one, other = await both(live, fresh_database)
    assert one == other

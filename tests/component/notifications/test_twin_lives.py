"""Whatever happened: what a subscriber and the public are told never depends on what they may not know."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.config import NotificationsSettings
from services.notifications.main import prepare
from services.notifications.store.log import KEPT, MongoLog
from services.notifications.usecases.cursors import Cursors
from services.notifications.usecases.following import BEGIN
from services.notifications.usecases.log import Log
from shared.events import Event
from shared.mongo import connect
from tests.component.notifications.conftest import SECRET, Bench, MovableClock, reader, served
from tests.support.stack import FreshDatabase
from tests.support.tip_events import later, tip_event
from tests.support.tokens import Issuer
from tests.support.twins import LIVES, Secret, SteppedClock, both, key, read, this_minute

# Whether each event is restricted, or each alert drafted; the first event is anybody's.
HISTORIES = st.lists(st.booleans(), min_size=2, max_size=12).map(lambda steps: [False, *steps])
PUBLIC = ("/feeds/public.json", "/feeds/public.json?lang=en&limit=1", "/alerts?current=true", "/bulletin")


def happened(number: int, restricted: bool) -> Event:
    category = "officer_misconduct" if restricted else "noise"
    return tip_event("received", tip=number, at=later(hours=number), category=category, restricted=restricted)


@LIVES
@given(history=HISTORIES)
async def test_a_subscriber_is_told_the_same_whether_restricted_events_stand_between_or_not(
    fresh_database: FreshDatabase, history: list[bool]
) -> None:
    async def live(secret: Secret) -> Any:
        database = connect(fresh_database.url, fresh_database.name)
        store = MongoLog(database)
        await store.prepare()
        bench = Bench(database, MovableClock(), Cursors(SECRET.encode(), KEPT), store, Log(store))
        events = [happened(number, restricted) for number, restricted in enumerate(history, 1)]
        await bench.deliver([one for one in events if secret.more or not one.data.get("restricted")])
        told = await bench.told(BEGIN, reader())
        database.client.close()
        # A cursor is encrypted: all that shows of it is how long it is.
        return [(one.event, one.number, len(one.cursor)) for one in told if one.event is not None]

    one, other = await both(live, fresh_database)
    assert one == other


@LIVES
@given(history=HISTORIES)
async def test_the_public_reads_the_same_whatever_is_drafted_and_approved_by_nobody(
    settings: NotificationsSettings, issuer: Issuer, fresh_database: FreshDatabase, history: list[bool]
) -> None:
    await prepare(settings)
    start = this_minute()

    async def live(secret: Secret) -> Any:
        clock = SteppedClock(start)
        author = issuer.bearer("notices:write", areas=("99/99001",), subject="officer-1")
        approver = issuer.bearer("notices:approve", areas=("99/99001",), subject="officer-2")
        async with served(settings, clock) as http:
            first = {**ALERT, "expires_at": (clock.now() + timedelta(days=2)).isoformat()}
            made = await http.post("/alerts", json=first, headers={**author, **key(0)})
            issued = f"/alerts/{made.json()['id']}"
            assert (await http.post(f"{issued}/approve", json={}, headers=approver)).status_code == 200
            for number, drafted in enumerate(history, 1):
                clock.step()
                if drafted and secret.more:
                    draft = {**first, "headline": {"vi": secret.words}}
                    made = await http.post("/alerts", json=draft, headers={**author, **key(number)})
                    assert made.status_code == 201, made.text
                    update = {name: value for name, value in draft.items() if name not in OF_THE_ALERT}
                    await http.post(f"{issued}/update", json=update, headers=author)
            return await read(http, {}, [*PUBLIC, issued])

    one, other = await both(live, fresh_database)
    assert one == other


ALERT = {
    "areas": ["99/99001"],
    "hazard": "flash_flood",
    "category": "met",
    "severity": "severe",
    "urgency": "immediate",
    "certainty": "likely",
    "headline": {"vi": "Lũ quét"},
    "instruction": {"vi": "Lên chỗ cao."},
}
OF_THE_ALERT = ("areas", "hazard", "category")

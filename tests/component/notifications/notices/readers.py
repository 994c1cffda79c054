"""Somebody with a wish, who reads what it brings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.notifications.api.subscriptions import MessageList
from shared.events import Event
from tests.component.notifications.notices.conftest import WARD, Desk
from tests.support.waiting import eventually

RECEIVED = "liengia.tip.received.v1"


WARNED = "liengia.tip.deadline_breached.v1"


CLASSIFIED = "liengia.tip.classified.v1"


ALERT = "liengia.alert.issued.v1"


STATISTIC = "liengia.statistic.reported.v1"


DUTY = "role:ward_police/99/99001/duty_officer"


NEVER_QUIET = {"start": "00:00", "end": "00:00"}


def wish(*topics: str, **changes: Any) -> dict[str, Any]:
    return {"topics": list(topics), "areas": [WARD], "quiet_hours": NEVER_QUIET, **changes}


class Reader:
    """One holder of one subscription, who reads on from where they stand."""

    def __init__(self, desk: Desk, headers: dict[str, str], body: dict[str, Any]) -> None:
        self.desk, self.headers, self.body = desk, headers, body
        self.id, self.cursor = "", ""
        self.heard: list[dict[str, Any]] = []

    async def subscribed(self) -> "Reader":
        answer = await self.desk.post("/subscriptions", self.body, by=self.headers)
        assert answer.status_code == 201, answer.text
        self.id = answer.json()["id"]
        return self

    async def read_on(self, limit: int = 50) -> list[str]:
        """Everything there is to read by now; returns the ids of the events heard so far."""
        while True:
            params: dict[str, Any] = {"limit": limit} | ({"cursor": self.cursor} if self.cursor else {})
            answer = await self.desk.http.get(
                f"/subscriptions/{self.id}/messages", params=params, headers=self.headers
            )
            assert answer.status_code == 200, answer.text
            page = MessageList.model_validate(answer.json())
            self.heard += answer.json()["items"]
            self.cursor = page.next_cursor
            if not page.more:
                return [item["id"] for item in self.heard]

    async def hears(self, *events: Event) -> None:
        """Waits until the last of `events` is heard; then nothing but these must have been."""
        wanted = [event.id for event in events]

        async def heard_all() -> bool:
            return set(wanted) <= set(await self.read_on())

        await eventually(heard_all)
        assert [item["id"] for item in self.heard] == wanted


def at_local(desk: Desk, hour: int, minute: int = 0) -> Callable[[], None]:
    """Moves the clock of the service on to the next such time of day in Viet Nam."""

    def move() -> None:
        now = desk.clock.now() + timedelta(hours=7)
        wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        desk.clock.ahead += (wanted - now) % timedelta(days=1)

    return move

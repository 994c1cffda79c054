"""What every service made of a step: the events published, the stream that told them, and the figures."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from deploy.local.demo.doors import AREA, Doors
from deploy.local.demo.stream import Stream
from deploy.local.demo.telling import told

_SHOWN = ("tip.received", "tip.duplicate", "incident.reported", "tip.handed_over", "tip.replied")
# Most indicators carry the name of the event they count.
_COUNTED_AS = {"tip.duplicate_linked": "tip.duplicate", "tip.referred_to_mediation": "tip.referred"}
_SENDERS = {"tip": "tips", "mediation": "mediation", "alert": "notifications"}
Event = dict[str, Any]


class Journal:
    """The events of one service from now on."""

    def __init__(self, doors: Doors, service: str) -> None:
        self._doors = doors
        self._service = service
        self._listener = doors.token("demo-listener", "events:read")
        self._cursor: str | None = None
        while self.read():
            pass

    def read(self, wait: float = 0) -> list[Event]:
        query: dict[str, Any] = {"limit": 200, "wait": wait}
        if self._cursor:
            query["after"] = self._cursor
        page = self._doors.call("GET", self._service, "/events", self._listener, query=query)
        self._cursor = page["next_cursor"]
        items: list[Event] = page["items"]
        return items


class Watcher:
    """Follows the journals, the stream and the ward's figures of today."""

    def __init__(self, doors: Doors, today: date) -> None:
        self._doors = doors
        self._period = f"{today}/{today}"
        self._analyst = doors.token("demo-analyst", "indicators:read")
        self._journals: Mapping[str, Journal] = {name: Journal(doors, name) for name in _SENDERS.values()}
        self._stream = Stream(doors)
        self._before = self.figures()
        self._published: Counter[str] = Counter()

    def after(self, about: str | None, *expected: str) -> Event:
        """Show the `expected` events about an id (None: any) as they come, what the stream made of them, and
        the figures that count them. Returns the last of them.
        """
        missing, last = list(expected), Event()
        while missing:
            journal = self._journals[_SENDERS[missing[0].split(".")[0]]]
            for event in self._doors.until(f"The event {missing[0]}", partial(journal.read, wait=2)):
                kind = event["type"].removeprefix("liengia.").removesuffix(".v1")
                told("event", f"{kind} #{event['sequence']}")
                self._published[_COUNTED_AS.get(kind, kind)] += 1
                if kind in missing and about in (None, event["subject"], event["data"].get("tip_id")):
                    missing.remove(kind)
                    last = event
        self._show_stream(last)
        self._show_figures(*expected)
        return last

    def figures(self) -> dict[str, Any]:
        """Indicator → value today in the ward; None while it has never reported."""
        query = {"area": AREA, "period": self._period}
        answer = self._doors.call("GET", "analytics", "/indicators", self._analyst, query=query)
        return {item["indicator"]: item["figure"]["value"] for item in answer["items"]}

    def _show_stream(self, event: Event) -> None:
        number = self._doors.until("The event on the stream", lambda: self._stream.delivery(event["id"]))
        told("notifications", f"streamed to the ward's wall screen, delivery {number}")

    def _show_figures(self, *expected: str) -> None:
        named = [_COUNTED_AS.get(event, event) for event in expected]
        counted = [name for name in named if name in self._before]
        if not counted:
            return

        def arrived() -> dict[str, Any] | None:
            now = self.figures()
            grown = {name: (now[name] or 0) - (self._before[name] or 0) for name in counted}
            return now if all(grown[name] >= self._published[name] for name in counted) else None

        figures = self._doors.until("The figures of analytics", arrived)
        names = dict.fromkeys([*_SHOWN, *counted])
        shown = ", ".join(f"{name} {figures[name] or 0}" for name in names if name in figures)
        told("analytics", f"today in {AREA}: {shown}")

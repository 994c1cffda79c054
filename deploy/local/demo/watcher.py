"""What every service made of a step: the events tips published, and the figures analytics shows."""

from datetime import date
from typing import Any

from deploy.local.demo.doors import AREA, Doors

_SHOWN = ("tip.received", "tip.duplicate", "incident.reported", "tip.handed_over", "tip.replied")
# Most indicators carry the name of the event they count.
_COUNTED_AS = {"tip.duplicate_linked": "tip.duplicate"}


class Watcher:
    """Follows the journal of tips from now on, and the ward's figures of today."""

    def __init__(self, doors: Doors, today: date) -> None:
        self._doors = doors
        self._period = f"{today}/{today}"
        self._listener = doors.token("demo-listener", "events:read")
        self._analyst = doors.token("demo-analyst", "indicators:read")
        self._cursor: str | None = None
        while self._read():
            pass
        self._figures = self.figures()

    def after(self, tip: str | None, *expected: str) -> None:
        """Show the `expected` events of `tip` (None: any) as they come, then the figures counting them."""
        missing = list(expected)
        while missing:
            for event in self._doors.until(f"The event {missing[0]}", lambda: self._read(wait=2)):
                kind = event["type"].removeprefix("liengia.").removesuffix(".v1")
                print(f"      event      {kind} #{event['sequence']}")
                if tip in (None, event["subject"]) and kind in missing:
                    missing.remove(kind)
        self._show_figures(*expected)

    def figures(self) -> dict[str, Any]:
        """Indicator → value today in the ward; None while it has never reported."""
        query = {"area": AREA, "period": self._period}
        answer = self._doors.call("GET", "analytics", "/indicators", self._analyst, query=query)
        return {item["indicator"]: item["figure"]["value"] for item in answer["items"]}

    def _show_figures(self, *expected: str) -> None:
        named = [_COUNTED_AS.get(event, event) for event in expected]
        counted = [name for name in named if name in self._figures]
        if not counted:
            return
        before = self._figures

        def arrived() -> dict[str, Any] | None:
            now = self.figures()
            return now if all((now[name] or 0) > (before[name] or 0) for name in counted) else None

        self._figures = self._doors.until("The figures of analytics", arrived)
        shown = ", ".join(f"{name} {self._figures[name] or 0}" for name in _SHOWN if name in self._figures)
        print(f"      analytics  today in {AREA}: {shown}")

    def _read(self, wait: float = 0) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"limit": 200, "wait": wait}
        if self._cursor:
            query["after"] = self._cursor
        page = self._doors.call("GET", "tips", "/events", self._listener, query=query)
        self._cursor = page["next_cursor"]
        items: list[dict[str, Any]] = page["items"]
        return items

"""A wall screen in the ward: it hears every event that its token allows, over notifications' stream."""

import json
import threading
from collections.abc import Iterator

import httpx

from deploy.local.demo.doors import Doors

_OPEN_WITHIN = 15.0


class Stream:
    """Reads `GET /feeds/stream` from now on, in a thread that ends with the demo."""

    def __init__(self, doors: Doors) -> None:
        self._url = f"{doors.services['notifications'].url}/feeds/stream"
        self._headers = doors.token("demo-wall-screen", "events:read")
        self._deliveries: dict[str, int] = {}
        self._opened = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        doors.until("The stream of notifications", self._opened.is_set, within=_OPEN_WITHIN)

    def delivery(self, event_id: str) -> int | None:
        """The how-manieth delivery of the stream brought this event; None while it has not come."""
        return self._deliveries.get(event_id)

    def _read(self) -> None:
        with (
            httpx.Client(timeout=httpx.Timeout(10, read=None), trust_env=False) as client,
            client.stream("GET", self._url, headers=self._headers) as answer,
        ):
            for data in self._events(answer.iter_lines()):
                event = json.loads(data)
                self._deliveries[event["id"]] = event["deliverynumber"]

    def _events(self, lines: Iterator[str]) -> Iterator[str]:
        """The data of each server-sent event; the first line of all says that the stream is open."""
        for line in lines:
            self._opened.set()
            if line.startswith("data:"):
                yield line.removeprefix("data:").strip()

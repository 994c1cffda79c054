"""A city portal with a webhook: events are posted to it, and it takes nothing that is not signed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from deploy.local.demo.doors import Doors
from deploy.local.demo.telling import step, told
from deploy.local.ports import HOST

TYPES = (
    "liengia.tip.referred_to_mediation.v1",
    "liengia.tip.resolved.v1",
    "liengia.mediation.concluded.v1",
    "liengia.alert.issued.v1",
)


@dataclass
class Inbox:
    """The posts that came, with their headers, as they came."""

    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def has(self, event_type: str) -> bool:
        return any(json.loads(body)["type"] == event_type for _, body in self.posts)


class Portal:
    """A receiver on this machine, registered with notifications."""

    def __init__(self, doors: Doors, inbox: Inbox, url: str) -> None:
        self._doors = doors
        self._inbox = inbox
        self._owner = doors.token("city-portal", "events:read")
        body = {"url": url, "types": TYPES}
        step("A city portal asks for events by webhook", "POST notifications /webhooks")
        webhook = doors.call("POST", "notifications", "/webhooks", self._owner, body=body)
        told("notifications", f"{webhook['id']} {webhook['status']}: {len(TYPES)} types to {webhook['url']}")
        self._id, self._secret = webhook["id"], webhook["secret"]

    def show_what_arrived(self) -> None:
        step("The portal got every one of them, signed", f"GET notifications /webhooks/{self._id}/attempts")
        for event_type in TYPES:
            self._doors.until(f"The webhook's {event_type}", partial(self._inbox.has, event_type))
        for headers, body in self._inbox.posts:
            Webhook(self._secret).verify(body, headers)
            event = json.loads(body)
            told("city portal", f"{event['deliverynumber']}: {event['type']}, signature verified")
        attempts = self._doors.until("What became of every post", self._attempts)
        outcomes = ", ".join(sorted({one["outcome"] for one in attempts}))
        told("notifications", f"{len(attempts)} attempts: {outcomes}")

    def _attempts(self) -> list[dict[str, Any]] | None:
        """All of them; an attempt is written down a moment after its post."""
        answer = self._doors.call("GET", "notifications", f"/webhooks/{self._id}/attempts", self._owner)
        attempts: list[dict[str, Any]] = answer["items"]
        return attempts if len(attempts) >= len(self._inbox.posts) else None

    def remove(self) -> None:
        self._doors.call("DELETE", "notifications", f"/webhooks/{self._id}", self._owner)


@contextmanager
def portal(doors: Doors) -> Iterator[Portal]:
    """A portal that is registered while the block runs."""
    inbox = Inbox()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            inbox.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """The portal tells what came when it is asked."""

    with ThreadingHTTPServer((HOST, 0), Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        registered = Portal(doors, inbox, f"http://{HOST}:{server.server_port}/events")
        try:
            yield registered
        finally:
            registered.remove()
            server.shutdown()

"""Where a story is played: the services' doors, the people's tokens, and the telling of what happened."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from rich.console import Console

from deploy.local.issuer import SCOPES, Issuer
from deploy.local.places import SECRETS
from deploy.local.services import Service, services

WARD = "99/99001"
GROUP_FOUR = "99/99001/tdp-4"
_SEEN_WITHIN = 30.0

Json = dict[str, Any]


class DemoFailed(Exception):
    """One sentence for the person who called `make demo`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token. `says` is how the story names them."""

    says: str
    headers: Mapping[str, str]


@dataclass
class Stage:
    """Plays calls and tells them. Raises DemoFailed when a door is closed or answers otherwise than told."""

    console: Console = field(default_factory=lambda: Console(highlight=False))

    def __post_init__(self) -> None:
        self._issuer = Issuer(SECRETS)
        self._services: dict[str, Service] = {service.name: service for service in services()}
        self._client = httpx.Client(timeout=10, trust_env=False)
        self._heard: str | None = None
        self._steps = 0
        self.operator = self.person("vận hành", *SCOPES, areas=("*",))

    def person(self, says: str, *scopes: str, areas: tuple[str, ...] = (WARD,)) -> Person:
        """A person with a development token for these scopes and areas."""
        token = self._issuer.token(scopes, areas, subject=says.replace(" ", "-"))
        return Person(says, {"Authorization": f"Bearer {token}"})

    def reporter(self, receipt_code: str) -> Person:
        return Person("người báo tin", {"Authorization": f"Receipt {receipt_code}"})

    def url(self, service: str) -> str:
        return self._services[service].url

    def open(self) -> None:
        """Check that everything is up, and begin listening after what was published before."""
        for service in self._services.values():
            self._ask("GET", service.url + "/readyz", {}, None)
        while self._news():
            pass

    def tell(self, words: str) -> None:
        """The next step of the story."""
        self._steps += 1
        self.console.print(f"\n[bold]{self._steps:>2}. {words}[/]")

    def call(
        self,
        who: Person,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        service: str = "tips",
        **extra: str,
    ) -> Json:
        """One call through the public door; `extra` are further headers (`Idempotency_Key=…`)."""
        headers = {**who.headers, **{name.replace("_", "-"): value for name, value in extra.items()}}
        answer = self._ask(method, self.url(service) + path, headers, body)
        self.console.print(f"    [cyan]{who.says}[/]  {method} {path}  →  [green]{answer.status_code}[/]")
        parsed: Json = answer.json()
        return parsed

    def send(self, who: Person, path: str, body: Json, *, service: str, key: str) -> Json:
        """A POST that is told by its caller; `key` makes a repeat harmless."""
        headers = {**who.headers, "Idempotency-Key": key}
        parsed: Json = self._ask("POST", self.url(service) + path, headers, body).json()
        return parsed

    def published(self, *names: str) -> None:
        """Wait until tips has published these events, and show them as a subscriber sees them."""
        missing, seen = set(names), []
        until = time.monotonic() + _SEEN_WITHIN
        while missing and time.monotonic() < until:
            news = self._news(wait=1)
            seen += news
            missing -= {_name(event) for event in news}
        for event in seen:
            data = {key: event["data"][key] for key in ("area", "state", "category") if key in event["data"]}
            told = ", ".join(f"{key} {value}" for key, value in data.items())
            self.console.print(
                f"    [magenta]tips ⇒ Kafka[/]  {_name(event)}  #{event['sequence']}  [dim]{told}[/]"
            )
        if missing:
            raise DemoFailed(
                f"tips did not publish {', '.join(sorted(missing))} within {_SEEN_WITHIN:.0f} s."
            )

    def indicators(self, *names: str, area: str = WARD) -> dict[str, int | float | None]:
        """This month's computed figures of an area, as analytics knows them now."""
        answer = self._ask(
            "GET", self.url("analytics") + f"/indicators?area={area}", self.operator.headers, None
        )
        values = {item["indicator"]: item["figure"]["value"] for item in answer.json()["items"]}
        return {name: values.get(name) for name in names}

    def counted(self, before: Mapping[str, int | float | None], **grown: int) -> None:
        """Wait until analytics has counted `grown` more than `before`; names with `__` for `.`."""
        wanted = {name.replace("__", "."): by for name, by in grown.items()}

        def all_in() -> bool:
            now = self.indicators(*wanted)
            return all((now[name] or 0) - (before[name] or 0) >= by for name, by in wanted.items())

        began = time.monotonic()
        self.until(all_in, f"analytics did not count {', '.join(wanted)}")
        told = ", ".join(f"{name} {value}" for name, value in self.indicators(*wanted).items())
        took = 1000 * (time.monotonic() - began)
        self.console.print(
            f"    [yellow]Kafka ⇒ analytics[/]  {WARD} this month: {told}  [dim]({took:.0f} ms)[/]"
        )

    def until(self, condition: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + _SEEN_WITHIN
        while not condition():
            if time.monotonic() > until:
                raise DemoFailed(f"{otherwise} within {_SEEN_WITHIN:.0f} s.")
            time.sleep(0.05)

    def _news(self, wait: int = 0) -> list[Json]:
        """What tips published since the last call."""
        query = f"?limit=500&wait={wait}" + (f"&after={self._heard}" if self._heard else "")
        answer = self._ask("GET", self.url("tips") + "/events" + query, self.operator.headers, None).json()
        self._heard = answer["next_cursor"]
        items: list[Json] = answer["items"]
        return items

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: Json | None) -> httpx.Response:
        try:
            answer = self._client.request(method, url, headers=headers, json=body)
        except httpx.TransportError as error:
            raise DemoFailed(f"Nobody answers at {url}: is `make up` running in another terminal?") from error
        if answer.status_code == 401:
            raise DemoFailed(
                f"{url} does not accept this checkout's development tokens: does another stack run there?"
            )
        if answer.is_error:
            raise DemoFailed(f"{method} {url} answered {answer.status_code}: {answer.text}")
        return answer


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _name(event: Json) -> str:
    kind: str = event["type"]
    return kind.removeprefix("liengia.").rpartition(".v")[0]

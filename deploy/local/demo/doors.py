"""The doors of the running system, each caller with a token of their own."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx

from deploy.local.failure import CannotStart
from deploy.local.issuer import Issuer
from deploy.local.places import SECRETS
from deploy.local.services import Service, services

AREA = "99/99001"
_PAUSE = 0.1
Answer = TypeVar("Answer")


class Doors:
    """Every service's HTTP door. Raises CannotStart when the system does not answer or refuses a step."""

    def __init__(self) -> None:
        self.services: Mapping[str, Service] = {service.name: service for service in services()}
        self._issuer = Issuer(SECRETS)
        self._client = httpx.Client(timeout=10, trust_env=False)
        for service in self.services.values():
            self._must_be_up(service)

    def token(self, who: str, scopes: str, *areas: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._issuer.token(scopes.split(), areas or [AREA], who)}"}

    def call(
        self,
        method: str,
        service: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Any:
        """The parsed answer of one call, None for one without a body."""
        answer = self._answer(method, service, path, headers, body, query)
        if answer.is_error:
            raise CannotStart(f"{method} {path} of {service} was refused: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def refusal(
        self, service: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The problem that a POST is answered with; CannotStart when it is not refused."""
        answer = self._answer("POST", service, path, headers, body, None)
        if not answer.is_client_error:
            raise CannotStart(
                f"POST {path} of {service} was to be refused: {answer.status_code} {answer.text}"
            )
        problem: dict[str, Any] = answer.json()
        return problem

    def _answer(
        self,
        method: str,
        service: str,
        path: str,
        headers: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        query: Mapping[str, Any] | None,
    ) -> httpx.Response:
        url = self.services[service].url + path
        try:
            return self._client.request(method, url, headers=headers, json=body, params=query)
        except httpx.HTTPError as error:
            raise CannotStart(
                f"{service} stopped answering ({type(error).__name__}): is make up still running?"
            ) from error

    def until(self, what: str, ask: Callable[[], Answer | None], within: float = 20.0) -> Answer:
        """Ask until the answer is true; CannotStart names `what` never came."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if answer := ask():
                return answer
            time.sleep(_PAUSE)
        raise CannotStart(f"{what} did not come within {within:.0f} s; the logs of make up say why.")

    def _must_be_up(self, service: Service) -> None:
        try:
            ready = self._client.get(f"{service.url}/readyz").status_code == 200
        except httpx.HTTPError:
            ready = False
        if not ready:
            raise CannotStart(
                f"{service.name} does not answer at {service.url}: "
                "run make up in another terminal and wait for its URLs."
            )

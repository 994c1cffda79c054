"""The gate at a page: it knows an address for as long as a request lasts."""

from dataclasses import dataclass

from fastapi import Request

from services.tips.pages.forms import Form
from services.tips.pressure.gate import Gate, Proof
from services.tips.pressure.tallies import address_of


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """`proxies`: how many proxies in front are trusted to say whom they saw."""

    gate: Gate
    proxies: int

    def asks(self, request: Request, what: str, form: Form) -> Proof | None:
        return self.gate.asks(what, address_of(request, self.proxies), form)

    def count(self, request: Request, what: str) -> None:
        self.gate.count(what, address_of(request, self.proxies))

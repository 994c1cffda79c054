"""From a record to an event this service handles, or the reason why not."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from shared.consume.record import Record
from shared.consume.shapes import Effect
from shared.errors import Poison
from shared.events import Event, from_kafka

_VERSIONED = re.compile(r"^(?P<name>.+)\.v(?P<major>[0-9]+)$")


class Contract(Protocol):
    """What is asked of a contract model: read tolerantly, or raise pydantic.ValidationError."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Any: ...


ContractFor = Callable[[str], type[Contract] | None]
Effects = Mapping[str, Sequence[Effect]]


class Reader:
    """Decodes records, and holds the types in `effects` against their contracts."""

    def __init__(self, effects: Effects, contract_for: ContractFor) -> None:
        self._effects = effects
        self._contract_for = contract_for
        self._names = {_name(kind) for kind in effects}

    def decode(self, record: Record) -> Event:
        """The event of a record. Raises Poison: `bad_headers`, `no_value`, `not_json` or `schema`."""
        return from_kafka(record.key, record.value, record.headers, received_at=record.at)

    def handles(self, event: Event) -> bool:
        """Whether this service takes the event in; False for a type that is none of ours.

        Raises Poison: `schema`, or `unknown_major` for another version of a type we handle. A sealed
        event's data is checked by whoever can open it.
        """
        if event.type not in self._effects:
            if _name(event.type) in self._names:
                raise Poison("a version we do not know", code="unknown_major")
            return False
        contract = self._contract_for(event.type)
        if contract is not None and event.sealed is None:
            try:
                contract.read(event.data)
            except ValidationError:
                # The error would repeat the values: only the code leaves.
                raise Poison("data breaks its contract", code="schema") from None
        return True


def _name(event_type: str) -> str:
    found = _VERSIONED.match(event_type)
    return found["name"] if found else event_type

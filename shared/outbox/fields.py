"""A frozen dataclass as the fields of its document and back, for `Outbox(codec=…)`."""

from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from datetime import date, datetime, time
from enum import Enum
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import TypeAdapter


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


S = TypeVar("S", bound=_Dataclass)


class StateCodec(Generic[S]):
    """Nested dataclasses, enumerations, days and times of day included: the last two are written as ISO text,
    for BSON has neither. A field that a document does not have yet takes its default.

    `beside(state)` adds fields that only queries read.
    """

    def __init__(self, state: type[S], beside: Callable[[S], Mapping[str, Any]] | None = None) -> None:
        self._adapter = TypeAdapter(state)
        self._names = frozenset(field.name for field in fields(state))
        self._beside = beside

    def to_fields(self, state: S) -> dict[str, Any]:
        written: dict[str, Any] = _plain(self._adapter.dump_python(state))
        return written if self._beside is None else {**written, **_plain(self._beside(state))}

    def from_fields(self, document: Mapping[str, Any]) -> S:
        return self._adapter.validate_python({name: document[name] for name in self._names & document.keys()})


# What BSON holds as it is: most values, so they are told first. Subclasses (enumerations) are not among them.
_NATIVE = frozenset({str, int, float, bool, bytes, datetime, type(None)})


def _plain(value: Any) -> Any:
    if type(value) in _NATIVE:
        return value
    if isinstance(value, dict | Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, time) or (isinstance(value, date) and not isinstance(value, datetime)):
        return value.isoformat()
    return value

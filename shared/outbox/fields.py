"""A frozen dataclass as the fields of its document and back, for `Outbox(codec=…)`."""

from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

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
        self._names = frozenset(_names(state))
        self._beside = beside

    def to_fields(self, state: S) -> dict[str, Any]:
        written: dict[str, Any] = _plain(state)
        return written if self._beside is None else {**written, **_plain(self._beside(state))}

    def from_fields(self, document: Mapping[str, Any]) -> S:
        return self._adapter.validate_python({name: document[name] for name in self._names & document.keys()})


# What BSON holds as it is: most values, so they are told first. Subclasses (enumerations) are not among them.
_NATIVE: Final = frozenset({str, int, float, bool, bytes, datetime, type(None)})


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    if kind in _NATIVE:
        return value
    if names := _names(kind):
        found = {}
        for name in names:
            inner = getattr(value, name)
            found[name] = inner if type(inner) in _NATIVE else _plain(inner)
        return found
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Mapping):
        return {_plain(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, date | time):
        return value.isoformat()
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass; none of anything else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()

"""What every contract model is made of: bounded field types, strict writing, tolerant reading."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from shared.areas import AREA_PATTERN


def _only_text_or_datetime(value: object) -> object:
    """RFC 3339 only: pydantic would also read numbers, and texts of digits, as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and value[10:11] in ("T", "t")):
        return value
    raise ValueError("an RFC 3339 date-time with its offset is needed")


def _to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of range") from None


Moment = Annotated[AwareDatetime, BeforeValidator(_only_text_or_datetime), AfterValidator(_to_utc)]
Area = Annotated[str, Field(pattern=AREA_PATTERN, max_length=80)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
IndicatorName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}(\.[a-z][a-z0-9_]{0,39}){0,3}$")]
ProfileId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
AggregateId = Annotated[str, Field(pattern=r"^[a-z]{2,12}_[a-z0-9]{20,32}$")]
Period = Annotated[
    str,
    Field(
        pattern=r"^([0-9]{4}(-(Q[1-4]|0[1-9]|1[0-2]|W[0-5][0-9]))?"
        r"|[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}|[a-z][a-z0-9_]{0,39})$"
    ),
]
TipId = Annotated[str, Field(pattern=r"^tip_[a-z2-7]{26}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RoleAddress = Annotated[str, Field(pattern=r"^role:[a-z_]{1,24}/[a-z0-9/-]{1,80}/[a-z_]{1,32}$")]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Rating = Annotated[int, Field(strict=True, ge=1, le=5)]
Ordinal = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


def schema_uri(event_type: str) -> str:
    """The `dataschema` of a type, which is also the `$id` of its generated JSON Schema."""
    return f"urn:liengia:schemas:{event_type}"


class Shape(BaseModel):
    """A frozen JSON object with known fields. An optional field that is absent is left out of the JSON, never
    `null`; a required field that may be null (a figure nobody reported) is written as `null`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_serializer(mode="wrap")
    def _omit_absent(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        for name in _optional(type(self)):
            value = written.get(name, ...)
            if value is None or value == []:
                del written[name]
        return written


@cache
def _optional(shape: type[Shape]) -> tuple[str, ...]:
    return tuple(name for name, field in shape.model_fields.items() if not field.is_required())


class Contract(Shape):
    """The `data` of one event type. `TYPE` is the CloudEvents type, `TOPIC` the topic that carries it."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Reads as a consumer does: fields this version does not know are ignored.

        Raises pydantic.ValidationError.
        """
        return cls.model_validate(data, extra="ignore")

    def to_data(self) -> dict[str, Any]:
        """The JSON-native mapping that `Event.data` holds: texts, numbers, booleans, lists and objects
        only.
        """
        return self.model_dump(mode="json")


class EventData(Contract):
    """State-carrying data: where it happened and the state that results. Nothing personal
    (docs/decisions/events-without-people.md).

    `restricted` marks what only the inspectorate may receive; `notify` names who must act by role, never by
    contact.
    """

    area: Area
    state: Code
    restricted: Literal["inspectorate"] | None = None
    notify: Annotated[tuple[RoleAddress, ...], Field(max_length=16)] = ()


class Submission(Contract):
    """What an integration claims. It becomes a fact only when its owner accepts it, under a type of the
    owner's.
    """

    area: Area

"""A dataclass goes into a document and comes back the same."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

import bson
from bson.codec_options import CodecOptions

from shared.outbox import StateCodec


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Part:
    colour: Colour
    day: date
    until: time


@dataclass(frozen=True, slots=True)
class Whole:
    name: str
    at: datetime
    parts: tuple[Part, ...]
    lately_added: int | None = None


WHOLE = Whole(
    "one", datetime(2026, 9, 14, 1, tzinfo=UTC), (Part(Colour.RED, date(2026, 9, 14), time(22, 30)),), 7
)


def through_bson(fields: dict[str, Any]) -> dict[str, Any]:
    return dict(bson.decode(bson.encode(fields), CodecOptions[dict[str, Any]](tz_aware=True)))


def test_a_state_comes_back_from_the_database_as_it_went_in() -> None:
    codec = StateCodec(Whole)
    assert codec.from_fields(through_bson(codec.to_fields(WHOLE))) == WHOLE


def test_an_older_document_reads_with_the_defaults_of_today() -> None:
    codec = StateCodec(Whole)
    fields = codec.to_fields(WHOLE)
    del fields["lately_added"]
    assert codec.from_fields({**fields, "version": 3}).lately_added is None


def test_what_only_queries_read_stands_beside_the_state() -> None:
    codec = StateCodec(Whole, lambda whole: {"colours": [part.colour for part in whole.parts]})
    fields = codec.to_fields(WHOLE)
    assert fields["colours"] == ["red"]
    assert codec.from_fields(fields) == WHOLE

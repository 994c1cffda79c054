"""What a report holds when it comes in: the body of `POST /tips`, and the clear payload of an encrypted
`tip.submitted`.

This is the one contract with personal data in it. It is never the data of an event that leaves tips.
"""

import re
from datetime import datetime
from typing import Annotated, Final, Self
from unicodedata import normalize

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator

from shared.areas import WARD_OR_BELOW_PATTERN
from shared.contracts.base import Moment, Sha256, Shape
from shared.contracts.vocabulary import AttachmentKind, Category, Channel, IdentityMode, OccurredPrecision
from shared.errors import Fault, Invalid, pointer

EARLIEST_YEAR: Final = 1900


_LINES: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls but tab and newline; what turns the direction of a line around; what has no width. Not the joiners
# U+200C and U+200D, which emoji are made with, nor combining marks, which Vietnamese is written with.
_UNSEEN: Final = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)


def _readable(text: str) -> str:
    """NFC, as search and matching need it, without what cannot be seen, and something left that can be read.

    Unseen characters come along when text is copied. They are dropped, not refused: a report must not fail
    because of what its sender cannot see, and a reader must not be shown another order of words.
    """
    plain = _UNSEEN.sub("", _LINES.sub("\n", normalize("NFC", text))).strip()
    if not plain or "\x00" in plain:
        raise ValueError("must hold readable text")
    return plain


def _one_line(text: str) -> str:
    return " ".join(text.split())


Text = AfterValidator(_readable)
OneLine = AfterValidator(_one_line)


class Place(Shape):
    """Where it happened. `lat` and `lon` are WGS 84 degrees and come together; they never leave tips."""

    text: Annotated[str, Field(min_length=1, max_length=500), Text]
    lat: Annotated[float, Field(strict=True, ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(strict=True, ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon come together")
        return self


class Reporter(Shape):
    """How to reach who reported; sealed on arrival."""

    name: Annotated[str, Field(min_length=1, max_length=200), Text, OneLine] | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 .()-]{2,23}$")] | None = None
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$")] | None = None
    zalo: Annotated[str, Field(min_length=1, max_length=100), Text] | None = None


class Attachment(Shape):
    """What is known of a file that comes later. `bytes` is its size."""

    kind: AttachmentKind
    sha256: Sha256
    bytes: Annotated[int, Field(strict=True, ge=1, le=200_000_000)]


class TipSubmission(Shape):
    """One report. Without a stated mode the identity is protected; an anonymous one comes without a
    reporter.
    """

    category: Category
    text: Annotated[str, Field(min_length=1, max_length=10_000), Text]
    area: Annotated[str, Field(pattern=WARD_OR_BELOW_PATTERN)]
    channel: Channel
    occurred_at: Moment | None = None
    occurred_precision: OccurredPrecision | None = None
    place: Place | None = None
    channel_msg_id: Annotated[str, Field(min_length=1, max_length=200), Text] | None = None
    identity_mode: IdentityMode = IdentityMode.PROTECTED
    reporter: Reporter | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=10)] = ()

    @field_validator("occurred_at")
    @classmethod
    def _in_living_memory(cls, value: datetime | None) -> datetime | None:
        """That it lies in the past is judged where the clock is: by the decision that receives it."""
        if value is not None and value.year < EARLIEST_YEAR:
            raise ValueError(f"must not be before {EARLIEST_YEAR}")
        return value

    @field_validator("reporter")
    @classmethod
    def _anonymous_is_anonymous(cls, value: Reporter | None, info: ValidationInfo) -> Reporter | None:
        if value is not None and info.data.get("identity_mode") is IdentityMode.ANONYMOUS:
            raise ValueError("an anonymous report comes without a reporter")
        return value

    @classmethod
    def accept(cls, raw: object) -> Self:
        """Reads an untrusted report. Raises Invalid with pointers whose messages never repeat a
        value.
        """
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            raise Invalid("the report is not valid", faults_of(error)) from None


class SealedTipSubmission(TipSubmission):
    """The clear payload of the JWE in `tip.submitted`. `receipt_code` is the one that a gateway already gave
    out.
    """

    receipt_code: Annotated[str, Field(min_length=16, max_length=120), Text] | None = None


def faults_of(error: ValidationError) -> tuple[Fault, ...]:
    """A validation error as JSON Pointers (RFC 6901) and messages, without the input."""
    return tuple(
        Fault(pointer(fault["loc"]), fault["msg"].removeprefix("Value error, "))
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    )

"""The bodies of the calls on alerts. An alert is public by intent, so its words are plain text and nothing
else.
"""

from collections.abc import Iterator
from typing import Annotated
from unicodedata import category, normalize

from pydantic import AfterValidator, Field

from services.notifications.domain.alerts import Content
from services.notifications.domain.alerts import Text as Words
from shared.clock import to_milliseconds
from shared.contracts.base import Area, Code, Moment, Shape
from shared.contracts.cap import AlertCategory, AlertCertainty, AlertSeverity, AlertUrgency
from shared.contracts.vocabulary import Category
from shared.errors import Fault, Invalid

# CAP 1.2 recommends at most 160 characters for a headline, since devices cut it there.
LONGEST_HEADLINE = 160
LONGEST_TEXT = 2_000
MOST_AREAS = 200
# Control, format (they can turn the direction of a line around), line and paragraph separators, private and
# unassigned characters. Refused, not dropped: two people answer for what is shown, to the letter.
_UNREADABLE = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")


def _plain(text: str) -> str:
    """NFC, and nothing in it that a screen, a siren's display or a web page could take for an order."""
    normalised = normalize("NFC", text).strip()
    if not normalised:
        raise ValueError("must hold readable text")
    if "<" in normalised or ">" in normalised:
        raise ValueError("must be plain text: < and > are not allowed")
    if any(category(character) in _UNREADABLE for character in normalised.replace("\n", "")):
        raise ValueError("holds a character that cannot be shown")
    return normalised


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("must be one line")
    return text


Line = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_HEADLINE),
    AfterValidator(_plain),
    AfterValidator(_one_line),
]
Passage = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_plain)]


class Headline(Shape):
    vi: Line
    en: Line | None = None


class Text(Shape):
    vi: Passage
    en: Passage | None = None


class NextMessage(Shape):
    """What an update says: all of it anew. `instruction` is what to do, `description` what happens.

    Either every text has English or none.
    """

    severity: AlertSeverity
    urgency: AlertUrgency
    certainty: AlertCertainty
    headline: Headline
    instruction: Text
    description: Text | None = None
    onset: Moment | None = None
    expires_at: Moment

    def content(self) -> Content:
        """Raises Invalid for a text whose English is missing."""
        texts = {"headline": self.headline, "instruction": self.instruction, "description": self.description}
        _refuse_half_translated(texts)
        return Content(
            severity=self.severity,
            urgency=self.urgency,
            certainty=self.certainty,
            headline=Words(self.headline.vi, self.headline.en),
            instruction=Words(self.instruction.vi, self.instruction.en),
            description=None if self.description is None else Words(self.description.vi, self.description.en),
            onset=None if self.onset is None else to_milliseconds(self.onset),
            expires_at=to_milliseconds(self.expires_at),
        )


class DraftAlert(NextMessage):
    """The first message. `hazard` is a code such as `flash_flood`, `category` the word of CAP for its kind,
    `topic` the tip category that it is about.
    """

    areas: Annotated[tuple[Area, ...], Field(min_length=1, max_length=MOST_AREAS)]
    hazard: Code
    category: AlertCategory
    topic: Category | None = None


class Cancellation(Shape):
    """`instruction` says why and what people may do again; without a headline it keeps the last one."""

    instruction: Text
    headline: Headline | None = None

    def texts(self) -> tuple[Words | None, Words]:
        """Headline and instruction. Raises Invalid for a text whose English is missing."""
        _refuse_half_translated({"headline": self.headline, "instruction": self.instruction})
        headline = None if self.headline is None else Words(self.headline.vi, self.headline.en)
        return headline, Words(self.instruction.vi, self.instruction.en)


class Nothing(Shape):
    """`{}`: the call itself says it all."""


def _refuse_half_translated(texts: dict[str, Headline | Text | None]) -> None:
    missing = list(_without_english(texts))
    if missing and len(missing) < sum(text is not None for text in texts.values()):
        faults = tuple(Fault(f"/{name}/en", "is missing, while another text has it") for name in missing)
        raise Invalid("Either every text has English or none.", faults)


def _without_english(texts: dict[str, Headline | Text | None]) -> Iterator[str]:
    yield from (name for name, text in texts.items() if text is not None and text.en is None)

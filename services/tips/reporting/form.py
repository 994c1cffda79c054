"""What somebody typed at `/report` becomes a report, or faults that stand beside their fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from services.tips.categories import Kind, Question
from services.tips.pages.forms import Form
from services.tips.reporting.offered import Offered
from shared.contracts.tip_submission import TipSubmission
from shared.contracts.vocabulary import Channel, IdentityMode, OccurredPrecision
from shared.errors import Invalid
from shared.web.pages import VIET_NAM

LONGEST_TEXT: Final = 8_000
LONGEST_ANSWER: Final = 300
COARSE: Final = 3  # decimals of a degree: about 100 m
CONTACT: Final = ("name", "phone", "email")
_POINT: Final = re.compile(r"\s*(-?\d{1,2}(?:[.,]\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*")
_FIELDS: Final = {
    "/text": "text",
    "/area": "ward",
    "/place/text": "place",
    "/place": "point",
    "/occurred_at": "day",
    "/reporter/name": "name",
    "/reporter/phone": "phone",
    "/reporter/email": "email",
    "/reporter": "identity",
    "/identity_mode": "identity",
}

Faults = Mapping[str, str]
"""By field, the name of the sentence that says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Faulty(Exception):
    """Nothing of it was taken."""

    faults: Faults


def submission(typed: Form, kind: Kind, offered: Offered) -> TipSubmission:
    """The report that a form holds. Raises Faulty.

    Answers to a category's questions become lines of the text, under the question in Vietnamese: whoever
    reads it works in Vietnamese.
    """
    faults: dict[str, str] = {}
    raw = {
        "category": kind.name.value,
        "channel": Channel.WEB.value,
        "text": _story(typed, kind, faults),
        "area": _area(typed, offered, faults),
        "identity_mode": typed.get("identity", ""),
        **_moment(typed, faults),
        **_place(typed, faults),
        **_reporter(typed, faults),
    }
    try:
        report = TipSubmission.accept(raw)
    except Invalid as refused:
        faults = {**faults_of(refused), **faults}
    if faults:
        raise Faulty(faults)
    return report


def faults_of(refused: Invalid) -> dict[str, str]:
    """The fields that a refusal speaks of; what belongs to no field is told with the text."""
    fields = [_FIELDS.get(fault.pointer, "text") for fault in refused.faults]
    return {field: f"fault_{field}" for field in fields}


def _story(typed: Form, kind: Kind, faults: dict[str, str]) -> str:
    text = typed.get("text", "")
    if not 1 <= len(text) <= LONGEST_TEXT:
        faults["text"] = "fault_text"
    lines = []
    for question in kind.questions:
        answer = _answer(typed, question, faults)
        if answer:
            lines.append(f"• {question.ask.vi} {answer}")
    return "\n".join([text, "", *lines]) if lines else text


def _answer(typed: Form, question: Question, faults: dict[str, str]) -> str:
    field = f"q_{question.name}"
    said = typed.get(field, "")
    if question.choices:
        if said.isdecimal() and int(said) < len(question.choices):
            return question.choices[int(said)].vi
        if said:
            faults[field] = "fault_choice"
    elif len(said) > LONGEST_ANSWER:
        faults[field] = "fault_answer"
    if question.required and not said:
        faults[field] = "fault_answer"
    return " ".join(said.split())


def _area(typed: Form, offered: Offered, faults: dict[str, str]) -> str:
    ward, unit = typed.get("ward", ""), typed.get("unit_no", "")
    number = int(unit) if unit.isdecimal() and len(unit) <= 3 else 0
    if unit and not number:
        faults["unit_no"] = "fault_unit_no"
    if not offered.has_ward(ward):
        faults["ward"] = "fault_ward"
        return ""
    return offered.within(ward, number or None)


def _moment(typed: Form, faults: dict[str, str]) -> dict[str, str]:
    day, hour = typed.get("day", ""), typed.get("hour", "")
    if not day:
        if hour:
            faults["hour"] = "fault_hour"
        return {}
    try:
        on = date.fromisoformat(day)
    except ValueError:
        faults["day"] = "fault_day"
        return {}
    try:
        at = time.fromisoformat(hour) if hour else time()
    except ValueError:
        faults["hour"] = "fault_hour"
        return {}
    occurred = datetime.combine(on, at.replace(tzinfo=None), VIET_NAM)
    precision = OccurredPrecision.APPROX if hour else OccurredPrecision.DAY
    return {"occurred_at": occurred.isoformat(), "occurred_precision": precision.value}


def _place(typed: Form, faults: dict[str, str]) -> dict[str, Any]:
    words, point = typed.get("place", ""), typed.get("point", "")
    found = _POINT.fullmatch(point)
    if point and found is None:
        faults["point"] = "fault_point"
    if found is None:
        return {"place": {"text": words}} if words else {}
    lat, lon = (round(float(number.replace(",", ".")), COARSE) for number in found.groups())
    # A place has words; where only a point was given, the point is all there is to say.
    return {"place": {"text": words or f"{lat}, {lon}", "lat": lat, "lon": lon}}


def _reporter(typed: Form, faults: dict[str, str]) -> dict[str, Any]:
    told = {field: typed[field] for field in CONTACT if typed.get(field)}
    mode = typed.get("identity", "")
    if mode not in set(IdentityMode):
        faults["identity"] = "fault_choice"
    elif mode == IdentityMode.ANONYMOUS and told:
        faults["identity"] = "fault_identity"
    elif mode == IdentityMode.OPEN and not told:
        faults["identity"] = "fault_open"
    return {"reporter": told} if told else {}

"""Every event that comes here can be told, in both languages, by what it carries."""

from datetime import time
from zoneinfo import ZoneInfo

import orjson
import pytest

from services.notifications.consumers import TYPES
from services.notifications.domain.subscriptions import QuietHours, quiet_since
from services.notifications.terms import TERMS
from services.notifications.usecases.telling import tell
from shared.contracts import cap, case_vocabulary, vocabulary
from shared.contracts.publish.golden import examples
from shared.events import STRUCTURED, Event, from_http
from shared.words import CATEGORIES, Language
from tests.support.tip_events import MORNING, later, tip_event

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
CODES = {
    "classification": vocabulary.Classification,
    "dispute_type": vocabulary.DisputeType,
    "outcome": case_vocabulary.MediationOutcome,
    "severity": cap.AlertSeverity,
    "urgency": cap.AlertUrgency,
}


def published() -> list[Event]:
    return [
        event
        for kind, documents in examples().items()
        if kind in TYPES
        for document in documents
        for event in from_http({"content-type": STRUCTURED}, orjson.dumps(document))
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_event_ever_published_is_told_in_words(language: Language) -> None:
    told = {event.type: tell(event, language, VIET_NAM) for event in published()}
    assert set(told) == set(TYPES)
    assert [text for text in told.values() if "{" in text or "_" in text or not text.endswith(".")] == []


def test_every_code_has_a_word_of_its_own() -> None:
    assert set(CATEGORIES) == {one.value for one in vocabulary.Category}
    for name, codes in CODES.items():
        assert set(TERMS[name]) == {one.value for one in codes}


def test_a_deadline_is_told_in_the_time_of_viet_nam() -> None:
    event = tip_event("deadline_breached", due_at="2026-09-14T18:30:00Z")
    assert "01:30 ngày 15/09/2026" in tell(event, "vi", VIET_NAM)
    assert "01:30 on 2026-09-15" in tell(event, "en", VIET_NAM)


@pytest.mark.parametrize(
    ("start", "end", "hours_after_eight", "quiet_for_hours"),
    [
        (time(22), time(7), 0, None),  # 08:00
        (time(22), time(7), 14, 0),  # 22:00
        (time(22), time(7), 22, 8),  # 06:00 on the next day
        (time(22), time(7), 23, None),  # 07:00
        (time(12), time(13), 4, 0),  # 12:00
        (time(12), time(13), 5, None),  # 13:00
        (time(8), time(8), 0, None),
    ],
)
def test_quiet_hours_begin_and_end_on_the_minute(
    start: time, end: time, hours_after_eight: int, quiet_for_hours: int | None
) -> None:
    now = later(hours=hours_after_eight)
    since = quiet_since(QuietHours(start, end), VIET_NAM, now)
    assert (None if since is None else (now - since).total_seconds() / 3600) == quiet_for_hours
    assert MORNING.astimezone(VIET_NAM).hour == 8

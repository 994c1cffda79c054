"""Every clock tells by which rule it runs, from when, how it was moved, when it is due and why."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.tips.clocks.domain.explain import explain
from services.tips.clocks.domain.extension import extend
from services.tips.handling.domain import outcomes
from services.tips.tip.domain.state import Tip
from tests.unit.tips.building import (
    COLLEAGUE,
    HOUR,
    IN_STATE,
    OFFICER,
    RECEIVED,
    RULES,
    classified,
    closed,
    received,
    reopened,
    replied,
    resolved,
)

DAY = 24 * HOUR


def told(tip: Tip, name: str, now: datetime = RECEIVED + HOUR) -> dict[str, Any]:
    return [entry for entry in explain(tip, now, RULES) if entry["clock"] == name][-1]


def test_a_running_clock_tells_its_rule_its_start_and_its_end_in_local_time() -> None:
    entry = told(received(), "report_up")
    assert (entry["state"], entry["rule"], entry["owner"]) == ("running", "vn-2025-03", "ward_police")
    assert (entry["starts"], entry["due"]) == ("2026-09-14T05:10:00+07:00", "2026-09-14T17:10:00+07:00")
    assert entry["warns"] == "2026-09-14T14:10:00+07:00"
    assert (entry["pauses"], entry["extensions"], entry["due_before_rolling"]) == ([], [], None)


def test_a_deadline_that_rolled_explains_the_day_off() -> None:
    entry = told(received(), "decide")
    assert entry["due_before_rolling"] == "2026-10-04T23:59:59+07:00"
    assert "Chủ nhật 04/10/2026 là ngày nghỉ nên hạn chuyển sang thứ Hai 05/10/2026" in entry["why"]["vi"]
    assert "Sunday 04/10/2026, is not a working day, so the deadline moved to Monday" in entry["why"]["en"]


def test_clocks_that_have_not_started_are_listed_with_what_starts_them() -> None:
    entry = told(received(), "reply")
    assert (entry["state"], entry["due"], entry["starts_with"]) == ("not_started", None, "outcome")
    assert "3 ngày làm việc" in entry["why"]["vi"]
    assert "3 working days" in entry["why"]["en"]


@pytest.mark.parametrize(
    ("tip", "name", "after", "state"),
    [
        (received(), "report_up", 12 * HOUR, "running"),
        (received(), "report_up", 12 * HOUR + timedelta(seconds=1), "breached"),
        (classified(), "report_up", 13 * HOUR, "met"),
        (classified(now=RECEIVED + 13 * HOUR), "report_up", 14 * HOUR, "breached"),
        (replied(), "appeal_window", DAY, "running"),
        (closed(), "appeal_window", 30 * DAY, "met"),
        (reopened(), "appeal_window", 2 * DAY, "not_started"),
    ],
    ids=["due now", "late", "met", "met late", "open window", "ended window", "second round"],
)
def test_the_state_of_a_clock_is_judged_by_time_and_not_by_marks(
    tip: Tip, name: str, after: timedelta, state: str
) -> None:
    assert told(tip, name, RECEIVED + after)["state"] == state


def test_a_clock_met_late_says_so_and_not_that_it_is_overdue() -> None:
    why = told(classified(now=RECEIVED + 13 * HOUR), "report_up", RECEIVED + DAY)["why"]
    assert "Done at 18:10 14/09/2026, late: it was due at 17:10 14/09/2026." in why["en"]
    assert "trễ so với hạn" in why["vi"]


def test_an_extension_is_an_interval_with_its_ground_and_without_its_reason() -> None:
    tip = extend(
        classified(),
        "decide",
        "complex",
        date(2026, 10, 20),
        reason="sealed reason",
        by=COLLEAGUE,
        rules=RULES,
        now=RECEIVED + 5 * DAY,
    ).state
    entry = told(tip, "decide", RECEIVED + 6 * DAY)
    assert entry["intervals"] == [
        {"from": "2026-09-14T05:10:00+07:00", "to": "2026-10-05T23:59:59+07:00", "within": "P20D"},
        {"from": "2026-10-05T23:59:59+07:00", "to": "2026-10-20T23:59:59+07:00", "ground": "complex"},
    ]
    assert entry["extensions"][0]["reason"] == "on_file"
    assert "vụ việc phức tạp" in entry["why"]["vi"]
    assert "sealed reason" not in json.dumps(entry)


def test_a_provisional_deadline_says_that_it_may_move() -> None:
    at = datetime(2026, 12, 28, 1, tzinfo=UTC)
    tip = outcomes.reply(resolved(), text="s", size=1, by=OFFICER, rules=RULES, now=at).state
    entry = told(tip, "appeal_window", at)
    assert entry["provisional"]
    assert "tạm tính" in entry["why"]["vi"]
    assert "provisional" in entry["why"]["en"]


def test_a_contested_tip_tells_both_rounds_and_why_the_second_began() -> None:
    entries = [
        entry for entry in explain(reopened(), RECEIVED + 2 * DAY, RULES) if entry["clock"] == "handover"
    ]
    assert [entry["round"] for entry in entries] == [1, 2]
    why = entries[1]["why"]
    assert isinstance(why, dict)
    assert "the reporter contested the outcome" in why["en"]


@pytest.mark.parametrize(
    "tip", [build() for build in IN_STATE.values()], ids=[state.value for state in IN_STATE]
)
def test_every_clock_of_every_state_explains_itself_in_both_languages_as_json(tip: Tip) -> None:
    entries = json.loads(json.dumps(explain(tip, RECEIVED + 3 * DAY, RULES)))
    assert {entry["clock"] for entry in entries} == {
        "report_up",
        "handover",
        "decide",
        "reply",
        "appeal_window",
    }
    for entry in entries:
        assert entry["state"] in {"not_started", "running", "met", "breached"}
        assert entry["why"]["vi"].endswith(".")
        assert entry["why"]["en"].endswith(".")

"""The table of alerts, copied here by hand, held against the code: every state times every call."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain import alerts
from services.notifications.domain.alert_table import (
    TRANSITIONS,
    AlertState,
    Call,
    MessageKind,
    lawful_actions,
)
from services.notifications.domain.alerts import MOST_MESSAGES, Alert, Content, Mark, Text
from shared.contracts.cap import AlertCategory, AlertCertainty, AlertSeverity, AlertUrgency
from shared.decision import Decision
from shared.errors import Conflict, Forbidden, IllegalTransition

NOW = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)
CONTENT = Content(
    AlertSeverity.SEVERE,
    AlertUrgency.IMMEDIATE,
    AlertCertainty.LIKELY,
    Text("Lũ quét"),
    Text("Lên chỗ cao."),
    NOW + timedelta(hours=6),
)

# state, what waits | call | next, what then waits | event
PRODUCT_TABLE = """
draft alert     | approve  | issued -        | alert.issued
draft alert     | withdraw | withdrawn -     | -
issued -        | update   | issued update   | -
issued -        | cancel   | issued cancel   | -
issued update   | approve  | issued -        | alert.updated
issued cancel   | approve  | cancelled -     | alert.cancelled
issued update   | withdraw | issued -        | -
issued cancel   | withdraw | issued -        | -
"""


_calls = itertools.count()


def mark() -> Mark:
    """Of a call that was never made before."""
    return Mark(f"call-{next(_calls)}", "body")


def drafted() -> Alert:
    return alerts.draft(
        CONTENT,
        areas=("99/99001",),
        hazard="flash_flood",
        category=AlertCategory.MET,
        topic=None,
        by="officer:a",
        mark=mark(),
        now=NOW,
    ).state


def approve(alert: Alert) -> Decision[Alert]:
    return alerts.approve(alert, by="officer:b", now=NOW)


def update(alert: Alert) -> Decision[Alert]:
    return alerts.draft_update(alert, CONTENT, by="officer:a", mark=mark(), now=NOW)


def cancel(alert: Alert) -> Decision[Alert]:
    said = Text("Hết nguy hiểm.")
    return alerts.draft_cancel(alert, headline=None, instruction=said, by="officer:a", mark=mark(), now=NOW)


CALLS: dict[str, Callable[[Alert], Decision[Alert]]] = {
    "approve": approve,
    "update": update,
    "cancel": cancel,
    "withdraw": alerts.withdraw,
}
ISSUED = approve(drafted()).state
IN_STATE = {
    "draft alert": drafted(),
    "issued -": ISSUED,
    "issued update": update(ISSUED).state,
    "issued cancel": cancel(ISSUED).state,
    "cancelled -": approve(cancel(ISSUED).state).state,
    "withdrawn -": alerts.withdraw(drafted()).state,
}
ROWS = {
    (state, call): (after, event)
    for line in PRODUCT_TABLE.strip().splitlines()
    for state, call, after, event in [[cell.strip() for cell in line.split("|")]]
}


def place(alert: Alert) -> str:
    return f"{alert.status.value} {alert.waiting.value if alert.waiting else '-'}"


def test_the_table_of_the_code_is_the_one_written_here() -> None:
    def name(state: AlertState, waiting: MessageKind | None) -> str:
        return f"{state.value} {waiting.value if waiting else '-'}"

    coded = {
        (name(row.state, row.waiting), row.call.value): (name(row.to, row.then_waiting), row.event or "-")
        for row in TRANSITIONS
    }
    assert coded == ROWS
    assert set(CALLS) == {call.value for call in Call}


@pytest.mark.parametrize("state", IN_STATE)
@pytest.mark.parametrize("call", CALLS)
def test_every_call_in_every_state_does_what_the_table_says(state: str, call: str) -> None:
    before = IN_STATE[state]
    assert place(before) == state
    assert (call in lawful_actions(before.status, before.waiting)) is ((state, call) in ROWS)
    if (state, call) not in ROWS:
        with pytest.raises(IllegalTransition):
            CALLS[call](replace(before))
        return
    after, event = ROWS[state, call]
    decision = CALLS[call](before)
    assert place(decision.state) == after
    assert [happened.name for happened in decision.happened] == ([] if event == "-" else [event])


def test_the_author_of_a_message_never_approves_it_though_they_approved_another() -> None:
    with pytest.raises(Forbidden) as refused:
        alerts.approve(drafted(), by="officer:a", now=NOW)
    assert refused.value.code == "author_cannot_approve"
    colleagues = alerts.draft_update(ISSUED, CONTENT, by="officer:b", mark=mark(), now=NOW).state
    with pytest.raises(Forbidden):
        alerts.approve(colleagues, by="officer:b", now=NOW)
    assert alerts.approve(colleagues, by="officer:a", now=NOW).state.status is AlertState.ISSUED


def test_a_full_alert_can_still_be_cancelled() -> None:
    full = replace(ISSUED, messages=ISSUED.messages * (MOST_MESSAGES - 1))
    with pytest.raises(Conflict) as refused:
        update(full)
    assert refused.value.code == "too_many_messages"
    assert approve(cancel(full).state).state.status is AlertState.CANCELLED

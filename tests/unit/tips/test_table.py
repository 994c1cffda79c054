"""The state table of a tip, once more by hand, and held against the code: every state times every call."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.tips.clocks.domain import extension
from services.tips.dialogue import domain as dialogue
from services.tips.duplicates import domain as duplicates
from services.tips.erasure import domain as erasure
from services.tips.evidence import domain as evidence
from services.tips.handling.domain import first_steps, outcomes
from services.tips.mediation import domain as mediation
from services.tips.reporter import domain as reporter
from services.tips.ticking.domain import tick
from services.tips.tip.domain.state import Evidence, StoredFile, Tip
from services.tips.tip.domain.table import TRANSITIONS, Call, lawful_actions
from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.vocabulary import (
    AttachmentKind,
    Authority,
    Classification,
    DeclineReason,
    DisputeType,
    ErasureReason,
    HandoverResult,
    MessageAuthor,
    TipOutcome,
    TipState,
    UnfoundedReason,
)
from shared.decision import Decision
from shared.errors import IllegalTransition
from tests.unit.tips.building import (
    COLLEAGUE,
    HOUR,
    IN_STATE,
    RECEIVED,
    RULES,
    received,
    referral,
    replied,
    resolved,
)

NOW = RECEIVED + 30 * HOUR

# state(s) | call | next | event. "any": every state but erased; "any open": neither closed nor erased.
# The two calls of mediation are its event: concluded successfully, and with any other outcome.
PRODUCT_TABLE = """
received, classified, reopened                  | classify         | classified   | tip.classified
received, classified, reopened                  | decline          | out_of_scope | tip.declined
any open                                        | assign           | same         | tip.assigned
any open                                        | attend           | same         | tip.attended
classified                                      | refer-to-mediation | referred   | tip.referred_to_mediation
referred                                        | settled-by-mediation | replied  | tip.resolved, tip.replied
referred                                        | returned-by-mediation | classified | tip.returned
classified                                      | handover         | handed_over  | tip.handed_over
classified                                      | resolve          | resolved     | tip.resolved
classified                                      | find-unfounded   | unfounded    | tip.found_unfounded
handed_over, resolved, unfounded, out_of_scope  | reply            | replied      | tip.replied
replied                                         | close            | closed       | tip.closed
replied, closed                                 | rating           | same         | tip.rated
handed_over, replied, closed                    | handover-result  | same         | tip.handover_result
replied, closed                                 | contest          | reopened     | tip.reopened
any                                             | messages         | same         | tip.message_posted
any                                             | evidence         | same         | tip.information_added
any                                             | link-duplicate   | same         | tip.duplicate_linked
any                                             | unlink-duplicate | same         | tip.duplicate_unlinked
any open                                        | extend           | same         | tip.deadline_extended
any open                                        | tick             | same         | tip.deadline_*
closed                                          | erase            | erased       | tip.erased
"""

OPEN = {state.value for state in TipState} - {"closed", "erased"}
BY_THEMSELVES = {"settled-by-mediation", "returned-by-mediation", "tick"}
EVENTS_OF_TICK = ("tip.deadline_warning", "tip.deadline_breached")
Row = tuple[frozenset[str], str, str, tuple[str, ...]]


def product_rows() -> list[Row]:
    rows: list[Row] = []
    for line in PRODUCT_TABLE.strip().splitlines():
        states, call, after, events = (cell.strip() for cell in line.split("|"))
        told = EVENTS_OF_TICK if call == "tick" else tuple(events.split(", "))
        named = {"any": OPEN | {"closed"}, "any open": OPEN}.get(states) or set(states.split(", "))
        rows.append((frozenset(named), call, after, told))
    return rows


ROWS = {call: row for row in product_rows() for call in [row[1]]}


def linked(tip: Tip) -> Tip:
    return replace(tip, duplicate_of="tip_other")


def by_an_authority(tip: Tip) -> Tip:
    return replace(tip, outcome=TipOutcome.HANDED_OVER)


def as_dispute(tip: Tip) -> Tip:
    return replace(tip, classification=Classification.DISPUTE, dispute_type=DisputeType.NOISE)


def extended(tip: Tip, now: datetime) -> Decision[Tip]:
    """Every state has a tip whose `decide` clock runs, so that only the table can refuse."""
    clocks = tuple(replace(clock, met_at=None) for clock in received().clocks)
    running = replace(tip, clocks=tuple(replace(clock, round=tip.round) for clock in clocks))
    return extension.extend(
        running, "decide", "complex", date(2026, 10, 20), reason="sealed", by=COLLEAGUE, rules=RULES, now=now
    )


def on_its_warning(tip: Tip, now: datetime) -> Decision[Tip]:
    clocks = tuple(replace(clock, met_at=None, round=tip.round) for clock in received().clocks)
    return tick(replace(tip, clocks=clocks, appeal_until=None), rules=RULES, now=now)


def messaged(tip: Tip, now: datetime) -> Decision[Tip]:
    return dialogue.post_message(tip, author=MessageAuthor.OFFICER, text="sealed", size=5, now=now)


def handed(tip: Tip, now: datetime) -> Decision[Tip]:
    return outcomes.handover(tip, Authority.PROCURACY, by=COLLEAGUE, rules=RULES, now=now)


def unfounded(tip: Tip, now: datetime) -> Decision[Tip]:
    return outcomes.find_unfounded(tip, UnfoundedReason.MISTAKEN, by=COLLEAGUE, rules=RULES, now=now)


def a_photo(now: datetime) -> Evidence:
    file, mine = StoredFile("f", 100), MessageAuthor.REPORTER
    return Evidence(0, mine, now, AttachmentKind.PHOTO, "image/jpeg", "sealed", file)


def contested(tip: Tip, now: datetime) -> Decision[Tip]:
    return reporter.contest(tip, rules=RULES, now=now)


CALLS: dict[Call, Callable[[Tip, datetime], Decision[Tip]]] = {
    Call.classify: lambda tip, now: first_steps.classify(
        tip, Classification.INFORMATION, by=COLLEAGUE, now=now
    ),
    Call.decline: lambda tip, now: first_steps.decline(
        tip, DeclineReason.SPAM, by=COLLEAGUE, rules=RULES, now=now
    ),
    Call.assign: lambda tip, now: first_steps.assign(tip, to=COLLEAGUE, now=now),
    Call.attend: lambda tip, now: first_steps.attend(tip, by=COLLEAGUE, now=now),
    Call.refer_to_mediation: lambda tip, now: referral(as_dispute(tip), by=COLLEAGUE, now=now),
    Call.settle: lambda tip, now: mediation.settle(tip, tip.referral, reply="s", rules=RULES, now=now),
    Call.take_back: lambda tip, now: mediation.take_back(
        tip, tip.referral, MediationOutcome.OUT_OF_SCOPE, now=now
    ),
    Call.handover: handed,
    Call.resolve: lambda tip, now: outcomes.resolve(tip, by=COLLEAGUE, rules=RULES, now=now),
    Call.find_unfounded: unfounded,
    Call.reply: lambda tip, now: outcomes.reply(tip, text="s", size=1, by=COLLEAGUE, rules=RULES, now=now),
    Call.close: lambda tip, now: outcomes.close(tip, rules=RULES, now=now),
    Call.rating: lambda tip, now: reporter.rate(tip, 4, now=now),
    Call.handover_result: lambda tip, now: outcomes.handover_result(
        by_an_authority(tip), HandoverResult.NO_CASE, now=now
    ),
    Call.contest: contested,
    Call.messages: messaged,
    Call.evidence: lambda tip, now: evidence.add(tip, a_photo(now)),
    Call.link_duplicate: lambda tip, now: duplicates.link_duplicate(
        tip, tip_id="tip_a", target_id="tip_b", target_duplicate_of=None
    ),
    Call.unlink_duplicate: lambda tip, now: duplicates.unlink_duplicate(linked(tip)),
    Call.extend: extended,
    Call.tick: on_its_warning,
    Call.erase: lambda tip, now: erasure.erase(tip, ErasureReason.REQUEST, now=now),
}


def test_the_table_in_the_code_is_the_table_of_the_product() -> None:
    coded = {
        row.call.value: (
            frozenset(state.value for state in row.sources),
            row.call.value,
            row.to.value if row.to else "same",
            row.events,
        )
        for row in TRANSITIONS
    }
    assert coded == ROWS


@pytest.mark.parametrize("call", list(Call))
@pytest.mark.parametrize("state", list(TipState))
def test_a_call_does_what_the_table_says_and_nothing_else(state: TipState, call: Call) -> None:
    sources, _, after, events = ROWS[call.value]
    tip = IN_STATE[state]()
    if state.value in sources:
        decision = CALLS[call](tip, NOW)
        assert decision.state.status.value == (state.value if after == "same" else after)
        assert decision.happened
        assert {happened.name for happened in decision.happened} <= set(events)
        assert [noted.what for noted in decision.noted] == [
            happened.name.removeprefix("tip.") for happened in decision.happened
        ]
    elif call is Call.tick:
        decision = CALLS[call](tip, NOW)
        assert (decision.happened, decision.next_due) == ((), None)
    else:
        with pytest.raises(IllegalTransition):
            CALLS[call](tip, NOW)


@pytest.mark.parametrize("state", list(TipState))
def test_the_lawful_actions_of_a_state_are_its_rows(state: TipState) -> None:
    expected = {call for call, row in ROWS.items() if state.value in row[0] and call not in BY_THEMSELVES}
    assert set(lawful_actions(state)) == expected


def test_a_refusal_names_what_is_lawful_instead() -> None:
    with pytest.raises(IllegalTransition) as refused:
        outcomes.resolve(received(), by=COLLEAGUE, rules=RULES, now=NOW)
    for action in ("classify", "decline", "assign", "extend"):
        assert action in refused.value.detail
    assert "reply" not in refused.value.detail
    assert refused.value.code == "illegal_transition"


def test_the_end_of_the_appeal_window_closes_a_replied_tip_by_the_same_row() -> None:
    tip = replied(resolved())
    assert tip.appeal_until is not None
    decision = tick(tip, rules=RULES, now=tip.appeal_until + timedelta(seconds=1))
    assert decision.state.status is TipState.CLOSED
    assert [happened.name for happened in decision.happened] == ["tip.closed"]
    assert decision.happened[0].facts == {"closed_by": "appeal_window"}

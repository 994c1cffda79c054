"""The state table of a case, once more by hand, and held against the code: every state by every call."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.mediation.domain import consent, followups, talks
from services.mediation.domain.state import Case, EndReason, Judgement, Party
from services.mediation.domain.table import TRANSITIONS, Call, lawful_actions
from shared.contracts.case_vocabulary import CaseState, MediationOutcome, ScopeDecision, ScopeGround
from shared.contracts.vocabulary import Authority, ErasureReason
from shared.decision import Decision
from shared.errors import IllegalTransition
from tests.unit.mediation.building import (
    DAY,
    HEAD,
    IN_STATE,
    MEDIATOR,
    NOW,
    RULES,
    agreed,
    agreement,
    assignment,
    following_up,
    judged,
    party,
    requested,
    scope,
    session,
    ticked,
    told,
)

# state(s) | call | next | events without "mediation." Three rows say what is easily left
# unsaid: parties are named with a request already, a reporter joins as soon as the code is in the mailbox,
# and a follow-up or a consent that is not the last one tells nothing.
PRODUCT_TABLE = """
requested, awaiting_advice | scope-check: in       | consent_pending | scope_decided
requested, awaiting_advice | scope-check: out      | closed          | scope_decided, concluded, closed
requested, awaiting_advice | scope-check: unsure   | awaiting_advice | scope_decided
until consent              | parties               | same            |
until consent              | join                  | same            |
consent_pending            | attempts              | same            |
consent_pending            | consents              | accepted        | accepted
consent_pending            | consents: refused     | closed          | concluded, closed
accepted, assigned         | assignments           | assigned        | assigned
accepted, assigned         | objections            | same            |
assigned, in_session       | sessions              | in_session      | session_held
assigned, in_session       | sessions: stopped     | closed          | session_held, concluded, closed
in_session                 | outcome: successful   | following_up    | concluded
in_session                 | outcome: unsuccessful | closed          | concluded, closed
before an outcome          | withdraw              | closed          | concluded, closed
following_up               | follow-ups            | closed          | agreement_performed, closed
following_up               | tick                  | same            | followup_due
consent_pending            | tick                  | closed          | concluded, closed
closed                     | rating                | same            | rated
closed                     | erase                 | erased          | erased
"""
UNTIL_CONSENT = {"requested", "awaiting_advice", "consent_pending"}
NAMED = {
    "until consent": UNTIL_CONSENT,
    "before an outcome": UNTIL_CONSENT | {"accepted", "assigned", "in_session"},
}
CONDITIONAL = {Call.consents, Call.follow_ups}  # where the row's condition decides, and the code says "same"
ROWS: dict[tuple[str, str], tuple[str, list[str]]] = {}
for _line in PRODUCT_TABLE.strip().splitlines():
    _states, _call, _to, _events = (cell.strip() for cell in _line.split("|"))
    for _state in NAMED.get(_states) or _states.split(", "):
        _after = _state if _to == "same" else _to
        ROWS[_call, _state] = (_after, _events.split(", ") if _events else [])


def one_is_left(case: Case) -> Case:
    """Every party but the first has agreed."""
    first, *others = case.parties or (party(1), party(2))
    return replace(
        case, parties=(replace(first, agreed_at=None), *(replace(p, agreed_at=NOW) for p in others))
    )


def with_code(case: Case) -> Case:
    return replace(case, join_hash="9b1c" * 16)


def with_mediator(case: Case) -> Case:
    return replace(case, mediator=MEDIATOR, mediator_subject="hgv-01")


def exhausted(case: Case) -> Case:
    tried = replace(case.parties[0], agreed_at=None, attempts=RULES.max_attempts, last_attempt_at=NOW)
    return replace(case, parties=(tried, *case.parties[1:]))


def newcomer() -> Party:
    return party(7)


ALL_KEPT = {1: Judgement.PERFORMED, 2: Judgement.PERFORMED}
CALLS: dict[Call, Callable[[Case], Decision[Case]]] = {
    Call.scope_in: lambda case: scope(case, ScopeDecision.IN),
    Call.scope_out: lambda case: scope(
        case, ScopeDecision.OUT, ground=ScopeGround.MUST_BE_PROSECUTED, next_body=Authority.PROCURACY
    ),
    Call.scope_unsure: lambda case: scope(case, ScopeDecision.UNSURE),
    Call.parties: lambda case: consent.add_party(case, newcomer(), by=HEAD, rules=RULES),
    Call.joining: lambda case: consent.join(with_code(case), newcomer(), rules=RULES),
    Call.attempts: lambda case: consent.attempt(one_is_left(case), 1, by=HEAD, rules=RULES, now=NOW),
    Call.consents: lambda case: agreed(one_is_left(case), 1),
    Call.refuse: lambda case: consent.refuse(case, 1, by=HEAD, rules=RULES, now=NOW),
    Call.assignments: assignment,
    Call.objections: lambda case: talks.object_to(case, MEDIATOR, number=1, by=HEAD, rules=RULES),
    Call.sessions: lambda case: session(with_mediator(case)),
    Call.stop: lambda case: session(with_mediator(case), stopped=True),
    Call.succeed: agreement,
    Call.fail: lambda case: talks.fail(case, by=MEDIATOR, rules=RULES, now=NOW),
    Call.withdraw: lambda case: consent.withdraw(case, 1, by="party", rules=RULES, now=NOW),
    Call.follow_ups: lambda case: judged(case, ALL_KEPT),
    Call.rating: lambda case: followups.rate(case, 1, 4, rules=RULES),
    Call.erase: lambda case: followups.erase(case, ErasureReason.RETENTION),
}


def test_the_table_in_the_code_is_the_table_of_the_product() -> None:
    coded = {
        (row.call.value, state.value): (
            state.value if row.to is None else row.to.value,
            {event.removeprefix("mediation.") for event in row.events},
        )
        for row in TRANSITIONS
        if row.call not in CONDITIONAL | {Call.tick}
        for state in row.sources
    }
    expected = {
        key: (after, set(events))
        for key, (after, events) in ROWS.items()
        if key[0] not in CONDITIONAL | {Call.tick}
    }
    assert coded == expected
    assert {row.call for row in TRANSITIONS} == set(Call) == {*CALLS, Call.tick}


@pytest.mark.parametrize("call", list(CALLS))
@pytest.mark.parametrize("state", list(CaseState))
def test_a_call_does_what_the_table_says_and_nothing_else(state: CaseState, call: Call) -> None:
    case = IN_STATE[state]()
    assert case.status is state
    if (call.value, state.value) not in ROWS:
        with pytest.raises(IllegalTransition):
            CALLS[call](case)
        return
    after, events = ROWS[call.value, state.value]
    decision = CALLS[call](case)
    assert (decision.state.status.value, told(decision)) == (after, events)
    assert decision.noted, "the logbook says nothing of it"


@pytest.mark.parametrize("state", list(CaseState))
def test_time_alone_changes_what_the_table_says_and_nothing_else(state: CaseState) -> None:
    case = IN_STATE[state]()
    if state is CaseState.CONSENT_PENDING:
        case = exhausted(case)
    after, events = ROWS.get(("tick", state.value), (state.value, []))
    decision = ticked(case, NOW + 12 * DAY)
    assert (decision.state.status.value, told(decision)) == (after, events)


@pytest.mark.parametrize("state", list(CaseState))
def test_the_lawful_actions_of_a_state_are_the_rows_that_the_team_may_call(state: CaseState) -> None:
    not_the_teams = {"join", "rating", "tick", "erase"}
    expected = {
        call.split(":")[0] for call, source in ROWS if source == state.value and call not in not_the_teams
    }
    assert set(lawful_actions(state)) == expected


def test_a_refusal_names_what_is_lawful_instead() -> None:
    with pytest.raises(IllegalTransition) as refused:
        agreement(requested())
    assert "a case that is requested does not allow outcome" in refused.value.detail
    assert "scope-check, parties, withdraw" in refused.value.detail
    with pytest.raises(IllegalTransition, match="lawful now: nothing"):
        agreement(IN_STATE[CaseState.ERASED]())


@pytest.mark.parametrize(
    ("call", "state", "reason"),
    [
        (Call.refuse, CaseState.CONSENT_PENDING, EndReason.REFUSED),
        (Call.withdraw, CaseState.IN_SESSION, EndReason.WITHDRAWN),
        (Call.stop, CaseState.ASSIGNED, EndReason.STOPPED),
        (Call.fail, CaseState.IN_SESSION, EndReason.UNSUCCESSFUL),
    ],
)
def test_why_talks_ended_stays_inside_and_one_word_leaves(
    call: Call, state: CaseState, reason: EndReason
) -> None:
    decision = CALLS[call](IN_STATE[state]())
    assert (decision.state.end_reason, decision.state.outcome) == (reason, MediationOutcome.ENDED)
    (concluded,) = (one for one in decision.happened if one.name == "mediation.concluded")
    assert concluded.facts == {"outcome": "ended"}


@pytest.mark.parametrize(
    ("judgements", "event"),
    [
        (("performed", "performed"), "agreement_performed"),
        (("performed", "breached"), "agreement_partly_performed"),
        (("partly_performed", "partly_performed"), "agreement_partly_performed"),
        (("breached", "breached"), "agreement_breached"),
    ],
)
def test_the_last_judgement_closes_with_one_word_for_the_whole(
    judgements: tuple[str, str], event: str
) -> None:
    first = judged(following_up(), {1: Judgement(judgements[0])})
    assert (first.state.status, told(first)) == (CaseState.FOLLOWING_UP, [])
    last = judged(first.state, {2: Judgement(judgements[1])})
    assert (last.state.status, told(last)) == (CaseState.CLOSED, [event, "closed"])

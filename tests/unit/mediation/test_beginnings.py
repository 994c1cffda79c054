"""How a case begins, whether it is one for mediation, and whether everybody wants to talk."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.mediation.domain import consent, opening
from services.mediation.domain.rules import LIMITS
from services.mediation.domain.state import Case
from shared.contracts.case_vocabulary import (
    CaseState,
    MediationGround,
    MediationOutcome,
    ScopeDecision,
    ScopeGround,
)
from shared.contracts.vocabulary import Authority, Category
from shared.decision import Decision
from shared.errors import Conflict, IllegalTransition, Invalid
from tests.unit.mediation.building import (
    DAY,
    HEAD,
    IN_STATE,
    MEDIATOR,
    NOW,
    REQUESTED,
    RULEBOOK,
    RULES,
    SECOND,
    agreed,
    asked,
    candidate,
    consent_pending,
    local,
    party,
    requested,
    scope,
    told,
)

HASH = "9b1c" * 16


def pointers(refused: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [fault.pointer for fault in refused.value.faults]


@pytest.mark.parametrize("category", [*Category, None])
def test_what_is_never_mediable_ends_at_once_so_that_the_tip_goes_back(category: Category | None) -> None:
    asks = asked(category=category, ground=MediationGround.REFERRAL, join_hash=HASH, parties=())
    decision = opening.request(asks, RULEBOOK, REQUESTED)
    if category in RULES.never_mediable:
        assert told(decision) == ["requested", "scope_decided", "concluded", "closed"]
        assert decision.state.outcome is MediationOutcome.OUT_OF_SCOPE
        assert (decision.state.scope_ground, decision.state.join_hash) == (ScopeGround.BARRED_BY_LAW, None)
    else:
        assert (told(decision), decision.state.join_hash) == (["requested"], HASH)


def spot(
    hours: float, parties: int = 2, *, consents: bool = True, interested: bool = False
) -> Decision[Case]:
    began = NOW - timedelta(hours=hours)
    people = tuple(party(number, agreed_at=began if consents else None) for number in range(1, parties + 1))
    asks = asked(ground=MediationGround.ON_THE_SPOT, parties=people)
    who = candidate(interested=interested)
    return opening.on_the_spot(asks, who, began_at=began, rulebook=RULEBOOK, now=NOW)


def test_what_was_settled_on_the_spot_is_in_session_with_its_mediator_and_everybodys_consent() -> None:
    decision = spot(5)
    case = decision.state
    assert (case.status, case.mediator, told(decision)) == (CaseState.IN_SESSION, MEDIATOR, ["requested"])
    assert all(one.agreed_at is not None for one in case.parties)


@pytest.mark.parametrize(
    ("hours", "parties", "consents", "expected"),
    [
        (-1, 2, True, ["/began_at"]),
        (24 * 9, 2, True, ["/began_at"]),
        (1, 1, True, ["/parties"]),
        (1, 2, False, ["/parties/0/consents", "/parties/1/consents"]),
    ],
)
def test_on_the_spot_needs_two_consenting_parties_and_is_written_down_in_time(
    hours: float, parties: int, consents: bool, expected: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        spot(hours, parties, consents=consents)
    assert pointers(refused) == expected


def test_nobody_with_an_interest_mediates_on_the_spot() -> None:
    with pytest.raises(Conflict) as refused:
        spot(1, interested=True)
    assert refused.value.code == "mediator_conflict_of_interest"


@pytest.mark.parametrize(
    ("seconds_late", "lawful"), [(0, True), (1, False)], ids=["in its last second", "a second later"]
)
def test_three_days_on_the_spot_are_local_days_and_roll_over_the_weekend(
    seconds_late: int, lawful: bool
) -> None:
    # Begun on a Wednesday at 23:30 in Viet Nam: the third day is a Saturday, so Monday is the last.
    began = local("2026-09-16T23:30:00")
    now = local("2026-09-21T23:59:59") + seconds_late * SECOND
    people = (party(1, agreed_at=began), party(2, agreed_at=began))
    asks = asked(ground=MediationGround.ON_THE_SPOT, parties=people)
    if lawful:
        opening.on_the_spot(asks, candidate(), began_at=began, rulebook=RULEBOOK, now=now)
    else:
        with pytest.raises(Invalid, match="cannot be recorded"):
            opening.on_the_spot(asks, candidate(), began_at=began, rulebook=RULEBOOK, now=now)


@pytest.mark.parametrize("ground", list(ScopeGround))
def test_out_of_scope_names_its_ground_and_may_name_the_next_body(ground: ScopeGround) -> None:
    decision = scope(requested(), ScopeDecision.OUT, ground=ground, next_body=Authority.INVESTIGATION_AGENCY)
    decided, concluded, _ = decision.happened
    assert decided.facts == {"decision": "out", "ground": ground.value, "next_body": "investigation_agency"}
    assert concluded.facts == {"outcome": "out_of_scope", "next_body": "investigation_agency"}
    assert decision.state.end_reason is None


@pytest.mark.parametrize(
    ("decision", "ground", "body", "expected"),
    [
        (ScopeDecision.OUT, None, None, "/ground"),
        (ScopeDecision.IN, ScopeGround.BARRED_BY_LAW, None, "/ground"),
        (ScopeDecision.UNSURE, ScopeGround.BARRED_BY_LAW, None, "/ground"),
        (ScopeDecision.IN, None, Authority.PROCURACY, "/next_body"),
    ],
)
def test_a_ground_and_a_next_body_go_with_out_and_with_nothing_else(
    decision: ScopeDecision, ground: ScopeGround | None, body: Authority | None, expected: str
) -> None:
    with pytest.raises(Invalid) as refused:
        scope(requested(), decision, ground=ground, next_body=body)
    assert pointers(refused) == [expected]


def test_talks_need_two_parties_and_the_consent_of_every_one() -> None:
    alone = agreed(consent_pending(parties=(party(1),)), 1)
    assert (alone.state.status, told(alone)) == (CaseState.CONSENT_PENDING, [])
    three = consent.add_party(consent_pending(), party(), by=HEAD, rules=RULES).state
    assert [one.number for one in three.parties] == [1, 2, 3]
    two_agree = agreed(agreed(three, 1).state, 3)
    assert (two_agree.state.status, told(two_agree)) == (CaseState.CONSENT_PENDING, [])
    everybody = agreed(two_agree.state, 2)
    assert (everybody.state.status, told(everybody)) == (CaseState.ACCEPTED, ["accepted"])


def test_who_has_agreed_is_neither_asked_nor_tried_again() -> None:
    case = agreed(consent_pending(), 1).state
    with pytest.raises(IllegalTransition, match="has agreed already"):
        agreed(case, 1)
    with pytest.raises(IllegalTransition, match="has agreed already"):
        consent.attempt(case, 1, by=HEAD, rules=RULES, now=NOW)


def test_a_reporter_joins_once() -> None:
    case = requested(ground=MediationGround.REFERRAL, join_hash=HASH, parties=(party(1),))
    after = consent.join(case, party(), rules=RULES).state
    assert (after.join_hash, after.parties[-1].number, after.parties[-1].reporter) == (None, 2, True)
    with pytest.raises(Conflict) as refused:
        consent.join(after, party(), rules=RULES)
    assert refused.value.code == "join_code_used"


@pytest.mark.parametrize("state", list(CaseState))
def test_consent_is_withdrawn_until_the_outcome_and_not_after(state: CaseState) -> None:
    """By a party or by the mediator (None)."""
    before = {CaseState.FOLLOWING_UP, CaseState.CLOSED, CaseState.ERASED}.isdisjoint({state})
    for who in (1, None):
        case = IN_STATE[state]()
        if before:
            left = consent.withdraw(case, who, by="x", rules=RULES, now=NOW)
            assert (left.state.status, told(left)) == (CaseState.CLOSED, ["concluded", "closed"])
        else:
            with pytest.raises(IllegalTransition):
                consent.withdraw(case, who, by="x", rules=RULES, now=NOW)


def test_nobody_speaks_for_a_party_who_is_not_in_the_case() -> None:
    case = consent_pending()
    calls: tuple[Callable[[], Decision[Case]], ...] = (
        lambda: agreed(case, 3),
        lambda: consent.refuse(case, 3, by=HEAD, rules=RULES, now=NOW),
        lambda: consent.attempt(case, 3, by=HEAD, rules=RULES, now=NOW),
        lambda: consent.withdraw(case, 3, by=HEAD, rules=RULES, now=NOW + DAY),
    )
    for call in calls:
        with pytest.raises(Invalid) as refused:
            call()
        assert pointers(refused) == ["/party"]


def test_a_case_has_room_for_so_many_parties_and_attempts() -> None:
    full = consent_pending(parties=tuple(party(number) for number in range(1, LIMITS.parties + 1)))
    with pytest.raises(Invalid, match="no room"):
        consent.add_party(full, party(), by=HEAD, rules=RULES)
    tried = consent_pending(parties=(party(1, attempts=LIMITS.attempts), party(2)))
    with pytest.raises(IllegalTransition, match="at most"):
        consent.attempt(tried, 1, by=HEAD, rules=RULES, now=NOW)

"""What leaves the service: the fields of the contract and no others, whatever a case holds."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mediation.domain.state import ChosenBy, EndReason, Session, Term
from services.mediation.domain.table import TRANSITIONS
from services.mediation.domain.team import Team
from services.mediation.outgoing import word, word_team
from shared.contracts.case_vocabulary import CaseState, MediationGround
from shared.contracts.mediation import EVENTS
from shared.decision import Happened
from tests.unit.mediation.building import DAY, NOW, in_session, party, requested

NAMED = {"area", "state", "dispute_type", "requested_at", "tip_id", "referral", "notify"}
FACTS: dict[str, dict[str, Any]] = {
    "requested": {"ground": "party_request"},
    "scope_decided": {"decision": "out", "ground": "barred_by_law", "next_body": "procuracy"},
    "accepted": {},
    "assigned": {"start_by": NOW + DAY},
    "session_held": {"session": 1, "held_at": NOW},
    "concluded": {"outcome": "ended", "next_body": "procuracy"},
    "followup_due": {"follow_up": 1, "due_at": NOW},
    "agreement_performed": {},
    "agreement_partly_performed": {},
    "agreement_breached": {},
    "closed": {},
    "rated": {"rating": 4},
    "erased": {"reason": "retention"},
}
"""What each event tells beyond the fields that all of them have."""
INSIDE = [
    *("party", "parties", "name", "phone", "mediator", "mediator_subject", "by", "attended", "place", "note"),
    *("terms", "text", "statement", "end_reason", "chosen_by", "held", "reason_text", "assignee", "category"),
]
SECRET = "BÍ-MẬT"


def test_every_event_of_the_contract_and_of_the_table_has_its_words() -> None:
    names = {event.TYPE.removeprefix("liengia.mediation.").removesuffix(".v1") for event in EVENTS}
    assert names == set(FACTS)
    assert {event.removeprefix("mediation.") for row in TRANSITIONS for event in row.events} == names - {
        "requested"
    }


texts = st.text(min_size=1, max_size=20).map(lambda text: SECRET + text)


@given(
    name=st.sampled_from(sorted(FACTS)),
    state=st.sampled_from(CaseState),
    words=st.lists(texts, min_size=8, max_size=8),
    extra=st.dictionaries(st.sampled_from(INSIDE), texts),
    reason=st.sampled_from(EndReason),
)
def test_nothing_leaves_but_the_named_fields(
    name: str, state: CaseState, words: list[str], extra: dict[str, str], reason: EndReason
) -> None:
    identity, place, note, text, who, subject, barred, key = words
    case = replace(
        in_session(),
        status=state,
        key=key,
        parties=(party(1, identity=identity, code_mark=identity, mark=identity),),
        sessions=(Session(1, NOW, (1,), place, note),),
        terms=(Term(1, text, (1,)),),
        mediator=who,
        mediator_subject=subject,
        barred=(barred,),
        chosen_by=ChosenBy.PARTIES,
        end_reason=reason,
        join_hash=identity,
    )
    told = word("case_a", case, Happened(f"mediation.{name}", {**extra, **FACTS[name]})).to_data()
    assert set(told) <= NAMED | set(FACTS[name])
    assert SECRET not in json.dumps(told, ensure_ascii=False)
    if name not in ("requested", "erased"):
        assert reason.value not in told.values()


def test_a_case_of_a_tip_names_it_so_that_tips_can_close_the_loop() -> None:
    case = requested(ground=MediationGround.REFERRAL, tip_id="tip_" + "a" * 26, referral=2)
    told = word("case_a", case, Happened("mediation.concluded", {"outcome": "successful"})).to_data()
    assert (told["tip_id"], told["referral"], told["outcome"]) == ("tip_" + "a" * 26, 2, "successful")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("requested", "team_head"),
        ("accepted", "team_head"),
        ("assigned", "mediator"),
        ("followup_due", "mediator"),
        ("concluded", None),
    ],
)
def test_who_must_act_is_named_by_role_and_ward(name: str, role: str | None) -> None:
    told = word("case_a", in_session(), Happened(f"mediation.{name}", FACTS[name]))
    assert list(told.notify) == ([] if role is None else [f"role:mediation_team/99/99001/{role}"])


def test_of_teams_nothing_leaves() -> None:
    team = Team("99/99001", "Tổ hòa giải", "wrapped")
    with pytest.raises(KeyError):
        word_team("team_a", team, Happened("mediation.requested"))

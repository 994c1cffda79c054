"""What the board of a team head shows: open cases by state, the most urgent first, and what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.mediation.domain import deadlines
from services.mediation.domain.state import OPEN
from services.mediation.domain.table import lawful_actions
from services.mediation.usecases.access import HEAD
from services.mediation.usecases.bench import Bench, Query
from shared.auth import EVERYWHERE, Principal
from shared.contracts.case_vocabulary import CaseState
from shared.contracts.vocabulary import DisputeType

SHOWN = 300
ORDER = tuple(state for state in CaseState if state in OPEN)


@dataclass(frozen=True, slots=True)
class Card:
    """A case as it may stand on a screen in a public office: nobody is named on it."""

    id: str
    area: str
    state: CaseState
    dispute_type: DisputeType
    requested_at: datetime
    deadline: str | None
    due: datetime | None
    overdue: bool
    needs_mediator: bool
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    state: CaseState
    cards: Sequence[Card]


async def board(bench: Bench, caller: Principal, area: str | None) -> tuple[list[Column], bool]:
    """A column for each open state, and whether there are more cases than are shown.

    Raises Forbidden, Unavailable.
    """
    caller.require(HEAD, area)
    within = None if EVERYWHERE in caller.areas else caller.areas
    query = Query(SHOWN + 1, within, area=area, states=ORDER)
    found = await bench.lookup.cases(query)
    now = bench.now()
    columns: dict[CaseState, list[Card]] = {state: [] for state in ORDER}
    for one in found[:SHOWN]:
        case, rules = one.case, bench.rules_of(one.case)
        due = deadlines.deadline(case, rules)
        card = Card(
            id=one.id,
            area=case.area,
            state=case.status,
            dispute_type=case.dispute_type,
            requested_at=case.requested_at,
            deadline=None if due is None else due[0],
            due=None if due is None else due[1],
            overdue=deadlines.overdue(case, rules, now),
            needs_mediator=case.status in _ASSIGNABLE and case.mediator is None,
            actions=lawful_actions(case.status),
        )
        columns[case.status].append(card)
    for cards in columns.values():
        cards.sort(key=lambda card: (card.due is None, card.due or card.requested_at, card.id))
    return [Column(state, cards) for state, cards in columns.items()], len(found) > SHOWN


_ASSIGNABLE = frozenset({CaseState.ACCEPTED, CaseState.ASSIGNED})

"""What is read of cases. A reader gets the summary alone; it says nothing that an event would not say.

The number of writes (`version`) would betray how much goes on inside, so a reader is not told it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.mediation.domain import deadlines
from services.mediation.domain.state import Case, Party, Session, Term
from services.mediation.domain.table import lawful_actions
from services.mediation.usecases import people
from services.mediation.usecases.access import (
    HEAD,
    READ,
    Command,
    Role,
    open_case,
    require_some_scope,
    roles_in,
)
from services.mediation.usecases.bench import Bench, Listed, Query
from shared.areas import area_covers
from shared.auth import EVERYWHERE, Principal
from shared.contracts.case_vocabulary import CaseState
from shared.errors import Forbidden
from shared.outbox import Loaded

PAGES_READ = 5  # of one call with `overdue`, which is judged here and not by the database


@dataclass(frozen=True, slots=True)
class Filter:
    area: str | None = None
    states: tuple[CaseState, ...] = ()
    overdue: bool | None = None


async def cases(
    bench: Bench, caller: Principal, wanted: Filter, *, limit: int, after: tuple[datetime, str] | None
) -> tuple[list[dict[str, Any]], tuple[datetime, str] | None]:
    """A page of the cases that the caller may see, newest first, and where the next one begins.

    Raises Forbidden, Unavailable. With `overdue` a page may hold fewer than `limit`: go on from its cursor.
    """
    require_some_scope(caller)
    within = None if EVERYWHERE in caller.areas else caller.areas
    if wanted.area is not None and within is not None and not _overlaps(wanted.area, within):
        raise Forbidden("This area is not among yours.")
    own = None if caller.has(HEAD) or caller.has(READ) else caller.id
    now, found, place = bench.now(), list[dict[str, Any]](), after
    for _ in range(PAGES_READ):
        query = Query(limit + 1, within, own, wanted.area, wanted.states, place)
        listed = await bench.lookup.cases(query)
        page = listed[:limit]
        more = len(listed) > limit
        for number, one in enumerate(page):
            place = (one.case.requested_at, one.id)
            if _suits(bench, one, wanted, now):
                found.append(_listed(bench, caller, one, now))
            if len(found) == limit:
                more = more or number + 1 < len(page)
                break
        if not more or len(found) == limit:
            return found, place if more else None
    return found, place


def _suits(bench: Bench, one: Listed, wanted: Filter, now: datetime) -> bool:
    if wanted.overdue is None:
        return True
    return deadlines.overdue(one.case, bench.rules_of(one.case), now) is wanted.overdue


def _overlaps(area: str, within: tuple[str, ...]) -> bool:
    return any(area_covers(mine, area) or area_covers(area, mine) for mine in within)


def _listed(bench: Bench, caller: Principal, one: Listed, now: datetime) -> dict[str, Any]:
    return summary(bench, one.id, one.version, one.case, roles_in(one.case, caller)[0], now)


def summary(
    bench: Bench, case_id: str, version: int, case: Case, role: Role, now: datetime
) -> dict[str, Any]:
    """A case without its contents. What only the team may know is None for a reader."""
    rules = bench.rules_of(case)
    inside = role is not Role.READER
    due = deadlines.deadline(case, rules) if inside else None
    return {
        "id": case_id,
        "version": version if inside else None,
        "state": case.status,
        "area": case.area,
        "dispute_type": case.dispute_type,
        "ground": case.ground,
        "requested_at": case.requested_at,
        "tip_id": case.tip_id,
        "referral": case.referral,
        "outcome": case.outcome,
        "concluded_at": case.concluded_at,
        "closed_at": case.closed_at,
        "mediator": case.mediator if inside else None,
        "deadline": None if due is None else {"what": due[0], "due": due[1]},
        "overdue": deadlines.overdue(case, rules, now) if inside else None,
        "actions": list(lawful_actions(case.status)) if inside else None,
    }


def changed(bench: Bench, loaded: Loaded[Case], caller: Principal) -> dict[str, Any]:
    """What a call of the team answers. A mediator who has just left is told the summary alone."""
    role = Role.HEAD if caller.has(HEAD) else Role.MEDIATOR
    return summary(bench, loaded.id, loaded.version, loaded.state, role, bench.now())


async def case(bench: Bench, command: Command) -> tuple[dict[str, Any], int | None]:
    """One case, with its contents opened for its head and its mediator, and its version for them."""
    loaded, role = await open_case(bench, command, *Role)
    told = summary(bench, loaded.id, loaded.version, loaded.state, role, bench.now())
    if role is Role.READER:
        return {**told, "contents": None}, None
    return {**told, "contents": contents(bench, loaded)}, loaded.version


def contents(bench: Bench, loaded: Loaded[Case]) -> dict[str, Any]:
    """What stays between the parties and the team, opened."""
    state = loaded.state
    return {
        "scope": state.scope,
        "scope_ground": state.scope_ground,
        "next_body": state.next_body,
        "parties": [_party(bench, loaded, one) for one in state.parties],
        "waits_for_reporter": state.join_hash is not None,
        "accepted_at": state.accepted_at,
        "chosen_by": state.chosen_by,
        "assigned_at": state.assigned_at,
        "start_by": state.start_by,
        "barred": list(state.barred),
        "sessions": [_session(bench, loaded, one) for one in state.sessions],
        "end_reason": state.end_reason,
        "terms": [_term(bench, loaded, one) for one in state.terms],
        "follow_ups": [
            {"number": one.number, "due_at": one.due_at, "done_at": one.done_at} for one in state.follow_ups
        ],
        "held": state.held,
    }


def _party(bench: Bench, loaded: Loaded[Case], one: Party) -> dict[str, Any]:
    person = people.opened(bench, loaded.id, loaded.state, one)
    return {
        "number": one.number,
        "name": person and person.name,
        "phone": person and person.phone,
        "address": person and person.address,
        "statement": person and person.statement,
        "reporter": one.reporter,
        "agreed_at": one.agreed_at,
        "attempts": one.attempts,
        "rating": one.rating,
    }


def _session(bench: Bench, loaded: Loaded[Case], one: Session) -> dict[str, Any]:
    key = loaded.state.key
    return {
        "number": one.number,
        "held_at": one.held_at,
        "attended": list(one.attended),
        "place": bench.open(loaded.id, key, f"session/{one.number}/place", one.place),
        "note": bench.open(loaded.id, key, f"session/{one.number}/note", one.note),
        "stopped": one.stopped,
    }


def _term(bench: Bench, loaded: Loaded[Case], one: Term) -> dict[str, Any]:
    return {
        "number": one.number,
        "text": bench.open(loaded.id, loaded.state.key, f"term/{one.number}", one.text),
        "owners": list(one.owners),
        "due": one.due,
        "judgement": one.judgement,
        "judged_at": one.judged_at,
    }


async def logbook(bench: Bench, command: Command) -> list[dict[str, Any]]:
    """The hash-chained history: every entry's `hash` covers the one before it and the digest of its
    payload.
    """
    loaded, _ = await open_case(bench, command, Role.HEAD, Role.MEDIATOR)
    return [entry.in_full() for entry in loaded.timeline]

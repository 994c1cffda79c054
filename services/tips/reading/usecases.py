"""What officers read. Text and dialogue are opened here; the reporter's identity never is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.tips.dialogue.usecases import opened
from services.tips.evidence.usecases import shown
from services.tips.tip.domain.state import Tip
from services.tips.tip.domain.table import REPORTERS_ALONE, lawful_actions
from services.tips.tip.usecases.access import INSPECTORATE, READ, Command, open_tip
from services.tips.tip.usecases.bench import Bench, Query
from services.tips.tip.usecases.summary import summary
from shared.areas import areas_meet
from shared.auth import EVERYWHERE, Principal
from shared.contracts.vocabulary import Category, TipState
from shared.errors import Forbidden
from shared.outbox import Loaded


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of tips was asked for. `since` and `until` bound the time of receipt: from, and before."""

    area: str | None = None
    status: TipState | None = None
    category: Category | None = None
    overdue: bool | None = None
    assigned_to: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def tips(
    bench: Bench,
    caller: Principal,
    wanted: Filter,
    *,
    limit: int,
    after: tuple[datetime, str] | None,
) -> tuple[Sequence[dict[str, Any]], tuple[datetime, str] | None]:
    """A page of summaries, newest first, and where the next one begins. Raises Forbidden, Unavailable.

    Tips about officers are left out of the page, not blanked, for whoever is not the inspectorate.
    """
    caller.require(READ)
    within = None if EVERYWHERE in caller.areas else caller.areas
    if wanted.area is not None and within is not None and not _overlaps(wanted.area, within):
        raise Forbidden("This area is not among yours.")
    now = bench.now()
    query = Query(
        now=now,
        limit=limit + 1,
        within=within,
        restricted_too=caller.has(INSPECTORATE),
        area=wanted.area,
        status=wanted.status,
        category=wanted.category,
        overdue=wanted.overdue,
        assigned_to=wanted.assigned_to,
        since=wanted.since,
        until=wanted.until,
        after=after,
    )
    found = await bench.lookup.find(query)
    page = found[:limit]
    more = (page[-1].state.received_at, page[-1].id) if len(found) > limit else None
    return [summary(item, now) for item in page], more


def _overlaps(area: str, within: Sequence[str]) -> bool:
    return any(areas_meet(mine, area) for mine in within)


async def tip(bench: Bench, command: Command) -> tuple[dict[str, Any], int]:
    """One tip with its contents opened, and its version. Raises Forbidden, NotFound, Unavailable."""
    loaded = await open_tip(bench, command, READ)
    state = loaded.state
    files = loaded.extra.get("attachments")
    contents = {
        "text": bench.open(loaded.id, state, "text", state.text),
        "place": _object(bench, loaded, "place", state.place),
        "attachments": _object(bench, loaded, "attachments", files) or [],
        "evidence": [shown(bench, loaded, one) for one in state.evidence],
        "occurred_at": state.occurred_at,
        "occurred_precision": state.occurred_precision,
        "identity": "sealed" if state.reporter is not None else "none",
        "messages": opened(bench, loaded),
        "note": bench.open(loaded.id, state, "note", state.note),
        "reply": bench.open(loaded.id, state, "reply", state.reply),
        "decline_reason": state.decline_reason,
        "unfounded_reason": state.unfounded_reason,
        "handed_to": state.handed_to,
        "handover_receipt_no": state.handover_no,
        "handover_result": state.handover_result,
        "case_count": state.handover_cases,
        "person_count": state.handover_persons,
        "rating": state.rating,
        "appeal_until": state.appeal_until,
        "erasure_asked_at": state.erasure_asked_at,
        "erasure_due": state.erasure_due,
        "classified_at": state.classified_at,
        "assigned_at": state.assigned_at,
        "attended_at": state.attended_at,
        "referred_at": state.referred_at,
        "outcome_at": state.outcome_at,
        "replied_at": state.replied_at,
        "closed_at": state.closed_at,
        "round": state.round,
        "actions": [name for name in lawful_actions(state.status) if name not in REPORTERS_ALONE],
    }
    return summary(loaded, bench.now()) | contents, loaded.version


def _object(bench: Bench, loaded: Loaded[Tip], field: str, sealed: str | None) -> Any:
    opened = bench.open(loaded.id, loaded.state, field, sealed)
    return None if opened is None else json.loads(opened)


async def timeline(bench: Bench, command: Command) -> list[dict[str, Any]]:
    """The hash-chained history: every entry's `hash` covers the one before it and the digest of its
    payload.
    """
    loaded = await open_tip(bench, command, READ)
    return [entry.in_full() for entry in loaded.timeline]

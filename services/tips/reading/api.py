"""What officers read: lists, a tip, its history and its clocks."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.tips.dialogue.api import DialogueMessage
from services.tips.evidence.api import EvidenceShown
from services.tips.reading import usecases
from services.tips.reading.usecases import Filter
from services.tips.tip.api import Answer, Called, TipSummary
from services.tips.tip.usecases.bench import Bench
from shared.areas import AREA_PATTERN
from shared.contracts.base import Moment
from shared.contracts.tip_submission import Attachment, Place
from shared.contracts.vocabulary import (
    Authority,
    Category,
    DeclineReason,
    HandoverResult,
    OccurredPrecision,
    TipState,
    UnfoundedReason,
)
from shared.web import Caller, Paging, answer, listed, read_cursor


class TipList(Answer):
    items: list[TipSummary]
    next_cursor: str | None


class TipInFull(TipSummary):
    """A tip with its contents; `text` is null once it is erased. `actions` are an officer's lawful calls."""

    text: str | None
    place: Place | None
    attachments: list[Attachment]
    evidence: list[EvidenceShown]
    occurred_at: datetime | None
    occurred_precision: OccurredPrecision | None
    identity: Literal["sealed", "none"]
    messages: list[DialogueMessage]
    note: str | None
    reply: str | None
    decline_reason: DeclineReason | None
    unfounded_reason: UnfoundedReason | None
    handed_to: Authority | None
    handover_receipt_no: str | None
    handover_result: HandoverResult | None
    case_count: int | None
    person_count: int | None
    rating: int | None
    appeal_until: datetime | None
    erasure_asked_at: datetime | None
    erasure_due: datetime | None
    classified_at: datetime | None
    assigned_at: datetime | None
    attended_at: datetime | None
    referred_at: datetime | None
    outcome_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    round: int
    actions: list[str]


class HistoryEntry(Answer):
    """`digest` = SHA-256(salt ‖ payload); `hash` covers the one before. Erased: payload and salt are null."""

    number: int
    time: datetime
    actor: str
    what: str
    payload: dict[str, Any] | None
    salt: str | None
    digest: str
    hash: str


class History(Answer):
    items: list[HistoryEntry]


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(tags=["reading"])
    _add_list(router, bench)

    @router.get(
        "/tips/{tip_id}",
        summary="A tip with its text and dialogue, never the identity",
        response_model=TipInFull,
    )
    async def tip(call: Called) -> Response:
        body, version = await usecases.tip(bench, call)
        return answer(body, version=version)

    @router.get("/tips/{tip_id}/timeline", summary="The hash-chained history", response_model=History)
    async def timeline(call: Called) -> Response:
        return answer({"items": await usecases.timeline(bench, call)})

    return router


def _add_list(router: APIRouter, bench: Bench) -> None:
    @router.get("/tips", summary="Tips, newest first", response_model=TipList)
    async def tips(
        caller: Caller,
        paging: Paging,
        area: Annotated[str | None, Query(pattern=AREA_PATTERN, max_length=80)] = None,
        status: TipState | None = None,
        category: Category | None = None,
        overdue: bool | None = None,
        assigned_to: Annotated[str | None, Query(max_length=255)] = None,
        received_from: Annotated[Moment | None, Query(alias="from")] = None,
        received_to: Annotated[Moment | None, Query(alias="to", description="Before this moment")] = None,
    ) -> Response:
        """Scope `tips:read`; only the caller's areas. `from` and `to` bound the time of receipt."""
        wanted = Filter(area, status, category, overdue, assigned_to, received_from, received_to)
        after = None if paging.cursor is None else read_cursor(paging.cursor, tuple[Moment, str])
        items, more = await usecases.tips(bench, caller, wanted, limit=paging.limit, after=after)
        return answer(listed(items, more))

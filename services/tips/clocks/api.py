"""Clocks over HTTP: each explains itself, and a supervisor may give one more time."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from services.tips.clocks import usecases
from services.tips.tip.api import Answer, BothLanguages, Called, Note, TipSummary, changed
from services.tips.tip.usecases.bench import Bench
from shared.contracts.base import Shape
from shared.web import answer


class Extend(Shape):
    """`until` is the last day granted; `ground` one that the rule profile names for this clock."""

    clock: Annotated[str, Field(min_length=1, max_length=40)]
    ground: Annotated[str, Field(min_length=1, max_length=40)]
    until: date
    reason: Note


class ClockInterval(Answer):
    """`from` and `to` are moments; `within` the length by the rule, or `ground` that of an extension."""

    starts: datetime = Field(alias="from")
    ends: datetime = Field(alias="to")
    within: str | None = None
    ground: str | None = None


class ClockExtension(Answer):
    ground: str
    until: str
    granted_at: datetime
    granted_by: str
    reason: Literal["on_file"]


class ClockInFull(Answer):
    """A clock, its moments in the time zone of the rules. One not started leaves out what it lacks.

    `resumed_at`: mediation found the matter out of its scope, so the referral that had met this clock does
    not count.
    """

    clock: str
    owner: str
    rule: str
    round: int
    state: Literal["not_started", "running", "met", "breached"]
    starts_with: Literal["received", "outcome", "reply"]
    starts: datetime | None
    within: str
    working_days: bool
    remote_area: bool = False
    intervals: list[ClockInterval]
    pauses: list[ClockInterval]
    extensions: list[ClockExtension]
    due: datetime | None
    due_before_rolling: datetime | None = None
    provisional: bool = False
    warns: datetime | None = None
    met_at: datetime | None = None
    met_by: str | None = None
    resumed_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    why: BothLanguages


class ClockList(Answer):
    items: list[ClockInFull]


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/tips/{tip_id}", tags=["clocks"])

    @router.get("/clocks", summary="Every clock, when it is due and why", response_model=ClockList)
    async def clocks(call: Called) -> Response:
        return answer({"items": await usecases.clock_list(bench, call)})

    @router.post(
        "/extend", summary="Give a clock more time (scope tips:supervise)", response_model=TipSummary
    )
    async def extend(call: Called, body: Extend) -> Response:
        loaded = await usecases.extend(
            bench, call, clock=body.clock, ground=body.ground, until=body.until, reason=body.reason
        )
        return changed(bench, loaded)

    return router

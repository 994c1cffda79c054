"""POST and GET /statistics: attested figures, public, with their qualifier in words."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from services.analytics.api.bodies import NewStatistic
from services.analytics.api.indicators import AreaQuery, PeriodQuery
from services.analytics.api.shapes import StatisticItem, StatisticList
from services.analytics.domain.periods import parse_period
from services.analytics.domain.statistics import Statistic, whole
from services.analytics.usecases.statistics import Listed, Statements, Wanted, report_statistic
from shared.auth import Principal
from shared.clock import Clock, to_milliseconds
from shared.contracts.analytics import StatisticReported
from shared.contracts.submissions import StatisticSubmitted
from shared.errors import Unauthorised
from shared.events import Event
from shared.identifiers import Origin
from shared.logs import current_traceparent
from shared.outbox import Outbox
from shared.web import (
    Caller,
    IdempotencyKey,
    Intake,
    Paging,
    etag,
    listed,
    problems,
    read_cursor,
)
from shared.words import quantity


def as_item(id: str, version: int, statistic: Statistic) -> dict[str, Any]:
    bounds = None if statistic.low is None else {"low": statistic.low, "high": statistic.high}
    return {
        "id": id,
        "version": version,
        "indicator": statistic.indicator,
        "figure": statistic.figure().to_json(),
        "words": {"vi": quantity(statistic, "vi"), "en": quantity(statistic, "en")},
        "range": bounds,
        "place": statistic.place,
        "quote": statistic.quote,
        "source": statistic.source,
        "reference": statistic.reference,
        "note": statistic.note,
    }


def routes(outbox: Outbox[Statistic], statistics: Statements, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["statistics"])

    @router.post(
        "/statistics", summary="Report an attested figure", status_code=201, response_model=StatisticItem
    )
    async def report(
        body: NewStatistic, caller: Caller, key: IdempotencyKey, response: Response
    ) -> dict[str, Any]:
        """Scope `statistics:write` in the area. Kept apart from computed figures and never added to them. A
        correction
        is another statement; the same Idempotency-Key with the same body gives the same answer.
        """
        caller.require("statistics:write", body.area)
        loaded = await report_statistic(
            outbox,
            body.to_statistic(to_milliseconds(clock.now())),
            origin=Origin(caller.name, key=key),
            body=body.model_dump(mode="json"),
            traceparent=current_traceparent(),
        )
        response.headers["ETag"] = etag(loaded.version)
        return as_item(loaded.id, loaded.version, loaded.state)

    @router.get("/statistics", summary="Attested figures", response_model=StatisticList)
    async def read(
        paging: Paging,
        area: AreaQuery = None,
        period: PeriodQuery = None,
        indicator: Annotated[str | None, Query(max_length=160)] = None,
    ) -> dict[str, Any]:
        """Public. `area` takes in everything below it, `period` everything that overlaps it."""
        wanted = Wanted(area, indicator, parse_period(period, "/query/period") if period else None)
        after = None if paging.cursor is None else read_cursor(paging.cursor, tuple[str, str, str])
        found = await statistics.read(wanted, after, paging.limit + 1)
        shown = found[: paging.limit]
        items = [as_item(one.id, one.version, one.statistic) for one in shown]
        return listed(items, _place(shown[-1]) if len(found) > len(shown) else None)

    return router


def event_intake(outbox: Outbox[Statistic], clock: Clock) -> dict[str, Intake]:
    """POST /events for `statistic_submitted`: the same use case; source and id of the event are the key."""

    async def take(event: Event, caller: Principal | None) -> dict[str, Any]:
        if caller is None:
            raise Unauthorised("This call needs a token.")
        given = _submitted(event)
        caller.require("statistics:write", given.area)
        period = parse_period(given.period)
        statistic = Statistic(
            indicator=given.indicator,
            value=whole(given.value),
            unit=given.unit,
            qualifier=given.qualifier,
            period=period.text,
            start=period.start,
            end=period.end,
            area=given.area,
            reported_at=to_milliseconds(clock.now()),
        )
        loaded = await report_statistic(
            outbox,
            statistic,
            origin=Origin(caller.name, event=(event.source, event.id)),
            body=given.to_data(),
            traceparent=event.traceparent,
        )
        return {"id": loaded.id, "type": StatisticReported.TYPE, "version": loaded.version}

    return {StatisticSubmitted.TYPE: take}


def _submitted(event: Event) -> StatisticSubmitted:
    try:
        return StatisticSubmitted.read(event.data)
    except ValidationError as error:
        raise problems.invalid(error) from None


def _place(listed: Listed) -> list[str]:
    return [listed.statistic.area, listed.statistic.indicator, listed.id]

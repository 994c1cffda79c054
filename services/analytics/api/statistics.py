"""POST and GET /statistics: attested figures, public, with their qualifier in words."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from services.analytics.api.indicators import AreaQuery, PeriodQuery
from services.analytics.api.shapes import StatisticItem, StatisticList
from services.analytics.domain.periods import parse_period
from services.analytics.domain.statistics import LARGEST, Statistic
from services.analytics.pages.words import quantity
from services.analytics.store.statistics import Listed, MongoStatistics, Wanted
from services.analytics.usecases.statistics import report_statistic
from shared.areas import AREA_PATTERN
from shared.auth import Principal
from shared.clock import Clock
from shared.contracts.analytics import StatisticReported
from shared.contracts.submissions import StatisticSubmitted
from shared.contracts.tip_submission import Text
from shared.contracts.vocabulary import Qualifier
from shared.errors import Unauthorised
from shared.events import Event
from shared.logs import current_traceparent
from shared.outbox import Outbox
from shared.web import Caller, IdempotencyKey, Paging, etag, fingerprint, problems, read_cursor, write_cursor
from shared.web.events import Intake

_FINGERPRINT_KEY = b"statistics are public: the key only names the use"
Words = Annotated[str, Field(min_length=1, max_length=500), Text]


class Range(BaseModel):
    """Both ends included."""

    model_config = ConfigDict(extra="forbid")
    low: Annotated[StrictInt, Field(ge=0, le=10**12)]
    high: Annotated[StrictInt, Field(ge=0, le=10**12)]


class NewStatistic(BaseModel):
    """A figure that somebody published. `value` 0: they looked and found none; null only for an order of
    magnitude.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    indicator: Annotated[str, Field(max_length=160, examples=["outreach.participants"])]
    value: Annotated[float, Field(strict=True, ge=-LARGEST, le=LARGEST)] | None
    unit: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["attendance"])]
    qualifier: Qualifier
    period: Annotated[str, Field(max_length=21, examples=["2013-01-01/2023-08-11"])]
    area: Annotated[str, Field(pattern=AREA_PATTERN, max_length=80, examples=["legacy/mong-cai"])]
    range: Range | None = None
    place: Words | None = None
    quote: Words | None = None
    source: Words | None = None
    reference: Annotated[str, Field(min_length=1, max_length=80), Text] | None = None
    note: Words | None = None

    def to_statistic(self, now: datetime) -> Statistic:
        period = parse_period(self.period)
        return Statistic(
            indicator=self.indicator,
            value=_whole(self.value),
            unit=self.unit,
            qualifier=self.qualifier,
            period=period.text,
            start=period.start,
            end=period.end,
            area=self.area,
            reported_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
            low=None if self.range is None else self.range.low,
            high=None if self.range is None else self.range.high,
            place=self.place,
            quote=self.quote,
            source=self.source,
            reference=self.reference,
            note=self.note,
        )


def _whole(value: float | None) -> float | int | None:
    """A whole number without its `.0`."""
    return int(value) if value is not None and value.is_integer() else value


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


def statistic_routes(outbox: Outbox[Statistic], statistics: MongoStatistics, clock: Clock) -> APIRouter:
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
            body.to_statistic(clock.now()),
            principal=f"{caller.kind}:{caller.id}",
            key=key and f"key:{key}",
            fingerprint=fingerprint(_FINGERPRINT_KEY, body.model_dump(mode="json")),
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
        return {
            "items": items,
            "next_cursor": write_cursor(_place(shown[-1])) if len(found) > len(shown) else None,
        }

    return router


def statistic_intake(outbox: Outbox[Statistic], clock: Clock) -> dict[str, Intake]:
    """POST /events for `statistic_submitted`: the same use case; source and id of the event are the key."""

    async def take(event: Event, caller: Principal | None) -> dict[str, Any]:
        if caller is None:
            raise Unauthorised("This call needs a token.")
        given = _submitted(event)
        caller.require("statistics:write", given.area)
        period = parse_period(given.period)
        statistic = Statistic(
            indicator=given.indicator,
            value=_whole(given.value),
            unit=given.unit,
            qualifier=given.qualifier,
            period=period.text,
            start=period.start,
            end=period.end,
            area=given.area,
            reported_at=clock.now().replace(microsecond=0),
        )
        loaded = await report_statistic(
            outbox,
            statistic,
            principal=f"{caller.kind}:{caller.id}",
            key=f"event:{event.source}\0{event.id}",
            fingerprint=fingerprint(_FINGERPRINT_KEY, given.to_data()),
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

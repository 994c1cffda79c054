"""The bodies of the calls. Unknown members are refused, so that no typing error passes unnoticed."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from services.analytics.domain.periods import parse_period
from services.analytics.domain.statistics import LARGEST, Statistic, whole
from shared.areas import AREA_PATTERN
from shared.contracts.tip_submission import Text
from shared.contracts.vocabulary import Qualifier

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
            value=whole(self.value),
            unit=self.unit,
            qualifier=self.qualifier,
            period=period.text,
            start=period.start,
            end=period.end,
            area=self.area,
            reported_at=now,
            low=None if self.range is None else self.range.low,
            high=None if self.range is None else self.range.high,
            place=self.place,
            quote=self.quote,
            source=self.source,
            reference=self.reference,
            note=self.note,
        )

"""The shapes of the answers, for the OpenAPI document."""

from datetime import date

from pydantic import BaseModel, Field

from services.analytics.usecases.grouping import GroupBy
from shared.contracts.vocabulary import Origin, Qualifier


class ReportingShape(BaseModel):
    """How many wards were to report, and how many had begun to."""

    expected: int
    received: int


class FigureShape(BaseModel):
    """`value` 0: somebody looked and found none; null: nobody reported."""

    value: int | float | None
    unit: str
    qualifier: Qualifier
    origin: Origin
    period: str
    area: str
    as_of: str
    reporting: ReportingShape | None
    suppressed: bool


class GroupShape(BaseModel):
    by: GroupBy
    key: str


class WordsShape(BaseModel):
    vi: str
    en: str


class BreakShape(BaseModel):
    """The area became another area `on` that day, between the two periods. `source` names the law."""

    on: date
    why: WordsShape
    source: str


class ComparisonShape(BaseModel):
    """`with` is the figure compared with; `percent` is null where that figure is null or 0, and for a share,
    which moves by points. `break` is null where both figures are of the same boundaries.
    """

    compared: FigureShape | None = Field(alias="with")
    difference: int | float | None
    percent: float | None
    boundaries: BreakShape | None = Field(alias="break")


class IndicatorItem(BaseModel):
    indicator: str
    group: GroupShape | None
    figure: FigureShape
    comparison: ComparisonShape | None = None


class IndicatorList(BaseModel):
    items: list[IndicatorItem]
    next_cursor: str | None


class Explanation(BaseModel):
    """What an indicator counts, from which `events`; `null` and `zero` tell how to read its figures."""

    name: str
    unit: str
    origin: Origin
    qualifier: Qualifier
    events: list[str]
    says: str
    does_not_say: str
    group_by: list[GroupBy]
    time_zone: str
    null: str
    zero: str
    restricted: str


class ExplanationList(BaseModel):
    items: list[Explanation]


class Gap(BaseModel):
    """An aggregate with fewer events here than its highest sequence."""

    subject: str
    expected: int
    found: int


class GapList(BaseModel):
    items: list[Gap]
    next_cursor: None


class RangeShape(BaseModel):
    low: int
    high: int


class StatisticItem(BaseModel):
    id: str
    version: int
    indicator: str
    figure: FigureShape
    words: WordsShape
    range: RangeShape | None
    place: str | None
    quote: str | None
    source: str | None
    reference: str | None
    note: str | None


class StatisticList(BaseModel):
    items: list[StatisticItem]
    next_cursor: str | None


class Centroid(BaseModel):
    lat: float
    lon: float


class AreaItem(BaseModel):
    area: str
    name: str
    kind: str
    parent: str | None
    valid_from: str
    rolled_up: bool
    fictional: bool
    centroid: Centroid | None


class AreaList(BaseModel):
    items: list[AreaItem]
    next_cursor: str | None

"""What leaves analytics: statistic.reported, with the figure and never the quote, the place's name or the
note.
"""

from services.analytics.domain.statistics import Statistic
from shared.contracts.analytics import Bounds, StatisticReported
from shared.contracts.base import Contract
from shared.contracts.vocabulary import Origin
from shared.decision import Happened

SOURCE = "/services/analytics"


def word_statistic(id: str, statistic: Statistic, happened: Happened) -> Contract:
    bounds = None
    if statistic.low is not None and statistic.high is not None:
        bounds = Bounds(low=statistic.low, high=statistic.high)
    return StatisticReported(
        area=statistic.area,
        state="reported",
        indicator=statistic.indicator,
        value=statistic.value,
        unit=statistic.unit,
        qualifier=statistic.qualifier,
        origin=Origin.ATTESTED,
        period=statistic.period,
        as_of=statistic.reported_at,
        range=bounds,
    )

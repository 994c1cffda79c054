"""What every answer about indicators works with, and what a caller may ask it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from services.analytics.domain.boundaries import BoundaryChange
from services.analytics.domain.periods import day_in_viet_nam, month_of, parse_period
from services.analytics.usecases.grouping import Compare, Figures, GroupBy, Question, Registry
from services.analytics.usecases.indicators import answer, check
from shared.auth import EVERYWHERE, Principal
from shared.clock import Clock
from shared.errors import Fault, Invalid
from shared.places import Area


class Counted(Figures, Protocol):
    """The buckets, and what is known of their state."""

    async def oldest_mark(self) -> datetime | None:
        """Since when the longest waiting bucket waits to be recomputed."""

    async def gaps(self, limit: int) -> Sequence[Mapping[str, Any]]:
        """Aggregates of which an event is missing: {subject, expected, found}."""


class Gazetteer(Registry, Protocol):
    """The areas, by key and by name."""

    async def names(self, keys: Sequence[str]) -> Mapping[str, str]: ...

    async def find(self, words: str, parent: str | None, after: str | None, limit: int) -> Sequence[Area]:
        """Areas whose name has every word of `words`, by position, from behind the position `after`."""


@dataclass(frozen=True, slots=True)
class Desk:
    buckets: Counted
    areas: Gazetteer
    clock: Clock
    boundary_changes: Sequence[BoundaryChange]

    async def answer(self, question: Question) -> list[dict[str, Any]]:
        check(question)
        return await answer(
            question, self.buckets, self.areas, self.clock, await self.as_of(), self.boundary_changes
        )

    async def as_of(self) -> datetime:
        """All facts up to then are in the figures: the age of the oldest mark still to be worked off."""
        return await self.buckets.oldest_mark() or self.clock.now().astimezone(UTC)

    def question(
        self,
        caller: Principal,
        *,
        area: str | None,
        period: str | None,
        group_by: GroupBy | None = None,
        compare: Compare | None = None,
        indicators: tuple[str, ...] = (),
    ) -> Question:
        """What the caller may ask. Raises Forbidden, Invalid."""
        caller.require("indicators:read")
        area = area or _own_area(caller)
        if area is not None:
            caller.require("indicators:read", area)
        month = month_of(day_in_viet_nam(self.clock.now()))
        return Question(
            area=area,
            period=month if period is None else parse_period(period, "/query/period"),
            group_by=group_by,
            compare=compare,
            indicators=indicators,
            restricted=caller.has("inspectorate"),
        )


def _own_area(caller: Principal) -> str | None:
    """The area of a caller who names none: the only one of theirs, or None for the whole country."""
    if EVERYWHERE in caller.areas:
        return None
    if len(caller.areas) == 1:
        return caller.areas[0]
    raise Invalid("Say which area.", (Fault("/query/area", "is needed: you have several areas, or none"),))

"""The clock that is passed in. Domain and use cases never read the time themselves."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


def to_milliseconds(moment: datetime) -> datetime:
    """In whole milliseconds, as BSON keeps it: what is answered equals what will be read."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

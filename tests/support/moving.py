"""A clock that a test moves."""

from datetime import UTC, datetime, timedelta


class MovableClock:
    """Real time plus what the test adds."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

"""The age of what a consumer has not handled: exact for what it holds, and no cry about old news."""

from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.structs import TopicPartition

from shared.consume.oldest import OldestUnhandled
from shared.consume.record import Record

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PLACE = TopicPartition("probe.v1", 0)


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Hands:
    return Hands()


def record(at: datetime) -> Record:
    return Record(PLACE.topic, PLACE.partition, 0, b"key", b"{}", (), at)


def test_a_batch_that_fails_again_and_again_grows_older(clock: Hands) -> None:
    oldest = OldestUnhandled(clock)
    for _ in range(3):
        oldest.take([record(START), record(START + timedelta(seconds=5))])
        clock.pass_by(100)
    assert oldest.seconds({}) == 300
    oldest.handled([record(START)])
    assert oldest.seconds({}) == 0


def test_what_lies_behind_is_at_most_as_old_as_the_last_record_handled(clock: Hands) -> None:
    oldest = OldestUnhandled(clock)
    assert oldest.seconds({PLACE: 5000}) == 0
    clock.pass_by(60)
    assert oldest.seconds({PLACE: 9000}) == 60
    oldest.handled([record(START + timedelta(seconds=40))])
    assert oldest.seconds({PLACE: 8000}) == 20


def test_a_record_after_a_quiet_night_is_not_taken_for_one_of_the_evening(clock: Hands) -> None:
    oldest = OldestUnhandled(clock)
    oldest.handled([record(START)])
    clock.pass_by(8 * 3600)
    assert oldest.seconds({PLACE: 0}) == 0
    assert oldest.seconds({PLACE: 1}) == 0
    clock.pass_by(5)
    assert oldest.seconds({PLACE: 1}) == 5

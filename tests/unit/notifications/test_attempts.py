"""What an answer means, and when a delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain.attempts import (
    JITTER,
    SCHEDULE,
    Answer,
    Fault,
    Outcome,
    judge,
    next_attempt,
)

NOW = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(200), Outcome.DELIVERED),
        (Answer(204), Outcome.DELIVERED),
        (Answer(299), Outcome.DELIVERED),
        (Answer(410), Outcome.GONE),
        (Answer(fault=Fault.PRIVATE_ADDRESS), Outcome.REFUSED),
        *((Answer(status), Outcome.FAILED) for status in (101, 199, 300, 301, 302, 307, 308, 400, 404)),
        *((Answer(status), Outcome.FAILED) for status in (429, 500, 502, 503, 504, 999)),
        *((Answer(fault=fault), Outcome.FAILED) for fault in set(Fault) - {Fault.PRIVATE_ADDRESS}),
    ],
)
def test_only_2xx_is_delivered_and_only_410_is_gone(answer: Answer, outcome: Outcome) -> None:
    assert judge(answer) is outcome


def test_pauses_grow_as_the_specification_suggests() -> None:
    hours = [pause.total_seconds() / 3600 for pause in SCHEDULE]
    assert hours == pytest.approx([5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24])


@pytest.mark.parametrize("made", range(1, len(SCHEDULE) + 1))
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_each_pause_is_that_of_the_schedule_and_at_most_a_fifth_longer(made: int, chance: float) -> None:
    again = next_attempt(made, NOW, Answer(500), chance=chance)
    assert again is not None
    assert again - NOW == SCHEDULE[made - 1] * (1 + JITTER * chance)


def test_after_the_last_pause_there_is_no_other_attempt() -> None:
    assert next_attempt(len(SCHEDULE) + 1, NOW, Answer(500), chance=0) is None


@pytest.mark.parametrize(
    ("status", "wished", "pause"),
    [
        (429, timedelta(minutes=2), timedelta(minutes=2)),
        (503, timedelta(minutes=2), timedelta(minutes=2)),
        (503, timedelta(seconds=1), SCHEDULE[0]),
        (503, timedelta(days=400), timedelta(hours=24)),
        (500, timedelta(minutes=2), SCHEDULE[0]),
    ],
)
def test_a_receivers_wish_puts_an_attempt_off_and_never_brings_it_forward(
    status: int, wished: timedelta, pause: timedelta
) -> None:
    again = next_attempt(1, NOW, Answer(status, retry_after=wished), chance=0)
    assert again == NOW + pause

"""Open streams hear of their own areas, and a slow one costs no memory."""

import pytest

from services.analytics.usecases.live import MOST_AREAS, Change, Changes
from shared.auth import Principal
from shared.errors import Unavailable


def caller(*areas: str, scopes: tuple[str, ...] = ("indicators:read",)) -> Principal:
    return Principal("someone", "officer", frozenset(scopes), areas)


def test_only_changes_in_the_callers_areas_are_told() -> None:
    changes = Changes(limit=10)
    with changes.listening(caller("99/99001")) as listener:
        changes.publish(Change("99/99001/tdp-4"))
        changes.publish(Change("99/99002"))
        changes.publish(Change("99"))
        assert listener.take().figures == ("99/99001/tdp-4",)


def test_a_restricted_change_is_told_to_the_inspectorate_alone() -> None:
    changes = Changes(limit=10)
    inspector = caller("*", scopes=("indicators:read", "inspectorate"))
    with changes.listening(caller("*")) as plain, changes.listening(inspector) as seeing:
        changes.publish(Change("99/99001", restricted=True))
        assert plain.take().figures == ()
        assert seeing.take().figures == ("99/99001",)


def test_a_slow_reader_is_told_to_look_at_everything() -> None:
    changes = Changes(limit=10)
    with changes.listening(caller("*")) as listener:
        for number in range(MOST_AREAS + 50):
            changes.publish(Change(f"99/99001/tdp-{number}"))
        news = listener.take()
        assert news.everything
        assert news.figures == ()
        assert not listener.take().everything


def test_streams_beyond_the_limit_are_refused_and_room_comes_back() -> None:
    changes = Changes(limit=1)
    with changes.listening(caller("*")), pytest.raises(Unavailable):
        changes.need_room()
    changes.need_room()

"""Cursors are opaque: whoever holds two of them learns nothing about what lies between."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.usecases.cursors import Cursors
from services.notifications.usecases.log import log_number
from shared.errors import Invalid

NOW = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)
SECRET = b"a secret for tests that is long enough"
LOGS = [log_number("cluster", "tips.tip.v1", partition) for partition in range(4)]


def cursors(secret: bytes = SECRET) -> Cursors:
    return Cursors(secret, timedelta(days=45))


def test_a_cursor_comes_back_as_it_was_written_at_any_replica() -> None:
    position = dict(zip(LOGS, (0, 127, 128, 2**53), strict=True))
    mark = cursors().read(cursors().write(position, 300, NOW), NOW, pointer="/query/after")
    assert (dict(mark.position), mark.count, mark.at) == (position, 300, NOW)


@pytest.mark.parametrize("logs", range(1, 40))
def test_any_number_of_logs_comes_back(logs: int) -> None:
    position = {log_number("cluster", "topic", number): number * 1000 for number in range(logs)}
    mark = cursors().read(cursors().write(position, 0, NOW), NOW, pointer="/query/after")
    assert dict(mark.position) == position


def test_the_same_position_never_gives_the_same_text_and_a_later_one_no_longer_text() -> None:
    before, after = ({**dict.fromkeys(LOGS, 5), LOGS[0]: n} for n in (126, 127))
    written = {cursors().write(before, 9, NOW) for _ in range(50)}
    assert len(written) == 50
    assert {len(text) for text in written} == {len(cursors().write(after, 10, NOW))}


@pytest.mark.parametrize("text", ["", "x", "begin ", "A" * 86, "ä", "?" * 43, "A" * 20_000])
def test_what_is_no_cursor_is_refused_with_its_pointer(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        cursors().read(text, NOW, pointer="/query/after")
    assert refused.value.code == "cursor_invalid"
    assert [fault.pointer for fault in refused.value.faults] == ["/query/after"]


def test_a_cursor_that_was_changed_or_is_another_services_is_refused() -> None:
    written = cursors().write({LOGS[0]: 5}, 1, NOW)
    changed = written[:-5] + ("A" if written[-5] != "A" else "B") + written[-4:]
    for text, reader in ((changed, cursors()), (written, cursors(b"another secret"))):
        with pytest.raises(Invalid, match="cannot be used"):
            reader.read(text, NOW, pointer="/query/after")


def test_a_cursor_older_than_what_is_kept_says_so_instead_of_skipping() -> None:
    written = cursors().write({LOGS[0]: 5}, 1, NOW)
    assert cursors().read(written, NOW + timedelta(days=44), pointer="/").count == 1
    with pytest.raises(Invalid) as refused:
        cursors().read(written, NOW + timedelta(days=46), pointer="/")
    assert refused.value.code == "cursor_expired"

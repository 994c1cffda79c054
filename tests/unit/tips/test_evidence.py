"""How much evidence a tip holds, and of whom what is kept."""

from dataclasses import replace

import pytest

from services.tips.evidence.domain import add, find, look
from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.domain.state import Evidence, StoredFile, Tip
from shared.contracts.vocabulary import AttachmentKind, IdentityMode, MessageAuthor
from shared.errors import Conflict, NotFound
from tests.unit.tips.building import RECEIVED, received

FILE = StoredFile("copy", 10)


def a_photo(author: MessageAuthor = MessageAuthor.REPORTER) -> Evidence:
    original = StoredFile("original", 20)
    return Evidence(0, author, RECEIVED, AttachmentKind.PHOTO, "image/jpeg", "sealed", FILE, original)


def with_photos(count: int, author: MessageAuthor = MessageAuthor.REPORTER) -> Tip:
    tip = received()
    for _ in range(count):
        tip = add(tip, a_photo(author)).state
    return tip


def test_each_side_has_room_of_its_own() -> None:
    full = with_photos(LIMITS.files_by_reporter)
    with pytest.raises(Conflict) as refused:
        add(full, a_photo())
    assert refused.value.code == "too_many_files"
    assert add(full, a_photo(MessageAuthor.OFFICER)).state.evidence[-1].number == LIMITS.files_by_reporter + 1


def test_of_an_anonymous_reporter_the_copy_alone_is_kept_but_an_officers_file_whole() -> None:
    tip = replace(received(), identity_mode=IdentityMode.ANONYMOUS)
    assert add(tip, a_photo()).state.evidence[0].original is None
    assert add(tip, a_photo(MessageAuthor.OFFICER)).state.evidence[0].original is not None


def test_a_look_changes_nothing_but_the_history() -> None:
    tip = with_photos(1)
    seen = look(tip, 1, "copy")
    assert (seen.state, seen.happened) == (tip, ())
    assert [(noted.what, dict(noted.payload)) for noted in seen.noted] == [
        ("evidence_seen", {"evidence": 1, "which": "copy"})
    ]


def test_there_is_no_file_but_those_that_were_added() -> None:
    with pytest.raises(NotFound):
        find(with_photos(1), 2)

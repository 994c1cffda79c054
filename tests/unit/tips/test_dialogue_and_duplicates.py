"""Messages are bounded; links point one way, one step, to another tip."""

import pytest

from services.tips.dialogue import domain as dialogue
from services.tips.duplicates import domain as duplicates
from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.domain.state import Tip
from shared.contracts.vocabulary import MessageAuthor
from shared.decision import Decision
from shared.errors import Conflict, IllegalTransition, Invalid
from tests.unit.tips.building import RECEIVED, closed, received


def said(tip: Tip, author: MessageAuthor = MessageAuthor.REPORTER, *, size: int = 7) -> Decision[Tip]:
    return dialogue.post_message(tip, author=author, text="sealed", size=size, now=RECEIVED)


def test_a_message_is_numbered_and_its_event_tells_only_who_wrote() -> None:
    decision = said(said(received(), MessageAuthor.OFFICER).state)
    assert [(each.number, each.author) for each in decision.state.messages] == [
        (1, "officer"),
        (2, "reporter"),
    ]
    assert decision.happened[0].facts == {"author": "reporter"}
    assert "sealed" not in str(decision.noted)


def test_a_closed_tip_still_takes_messages() -> None:
    assert said(closed()).happened


@pytest.mark.parametrize("size", [0, LIMITS.message + 1])
def test_an_empty_or_endless_message_is_refused(size: int) -> None:
    with pytest.raises(Invalid):
        said(received(), size=size)


def test_one_side_can_fill_its_own_room_and_not_the_others() -> None:
    tip = received()
    for _ in range(LIMITS.messages_by_reporter):
        tip = said(tip).state
    with pytest.raises(Conflict) as refused:
        said(tip)
    assert refused.value.code == "too_many_messages"
    assert said(tip, MessageAuthor.OFFICER).happened


def link(tip: Tip, target: str = "tip_b", *, target_duplicate_of: str | None = None) -> Decision[Tip]:
    return duplicates.link_duplicate(
        tip, tip_id="tip_a", target_id=target, target_duplicate_of=target_duplicate_of
    )


def test_a_link_changes_no_state_and_can_be_taken_back() -> None:
    linked = link(received())
    assert (linked.state.status, linked.state.duplicate_of) == ("received", "tip_b")
    assert linked.happened[0].facts == {"duplicate_of": "tip_b"}
    unlinked = duplicates.unlink_duplicate(linked.state)
    assert (unlinked.state, unlinked.happened[0].facts) == (received(), {"duplicate_of": "tip_b"})


@pytest.mark.parametrize(
    ("tip", "target", "target_duplicate_of", "code"),
    [
        (received(), "tip_a", None, "links_to_itself"),
        (received(), "tip_b", "tip_a", "duplicate_chain"),
        (received(), "tip_b", "tip_c", "duplicate_chain"),
        (link(received()).state, "tip_c", None, "already_linked"),
    ],
    ids=["itself", "a circle", "a chain", "twice"],
)
def test_a_link_that_leads_in_circles_or_on_is_refused(
    tip: Tip, target: str, target_duplicate_of: str | None, code: str
) -> None:
    with pytest.raises(Conflict) as refused:
        link(tip, target, target_duplicate_of=target_duplicate_of)
    assert refused.value.code == code


def test_what_is_not_linked_cannot_be_unlinked() -> None:
    with pytest.raises(IllegalTransition, match="not linked"):
        duplicates.unlink_duplicate(received())

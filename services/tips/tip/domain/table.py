"""The state table of a tip, as data (tests/unit/tips/test_table.py has it in words). What is not in it is
refused.
"""

from enum import StrEnum

from services.tips.tip.domain.state import OPEN
from shared.contracts.vocabulary import TipState
from shared.state_table import StateTable, Transition


class Call(StrEnum):
    """The calls of the table; officers' and reporters' are spelled as the last segment of their path.

    `settle` and `take_back` are what `mediation.concluded` does."""

    classify = "classify"
    decline = "decline"
    assign = "assign"
    attend = "attend"
    refer_to_mediation = "refer-to-mediation"
    settle = "settled-by-mediation"
    take_back = "returned-by-mediation"
    handover = "handover"
    resolve = "resolve"
    find_unfounded = "find-unfounded"
    reply = "reply"
    close = "close"
    rating = "rating"
    handover_result = "handover-result"
    contest = "contest"
    messages = "messages"
    evidence = "evidence"
    link_duplicate = "link-duplicate"
    unlink_duplicate = "unlink-duplicate"
    extend = "extend"
    tick = "tick"
    erase = "erase"


_S = TipState
_ANY = frozenset(TipState) - {_S.ERASED}
_UNDECIDED = frozenset({_S.RECEIVED, _S.CLASSIFIED, _S.REOPENED})
_CLASSIFIED = frozenset({_S.CLASSIFIED})
_REFERRED = frozenset({_S.REFERRED})
_ENDED = frozenset({_S.HANDED_OVER, _S.RESOLVED, _S.UNFOUNDED, _S.OUT_OF_SCOPE})
_ANSWERED = frozenset({_S.REPLIED, _S.CLOSED})

TRANSITIONS: tuple[Transition[Call, TipState], ...] = (
    Transition(Call.classify, _UNDECIDED, _S.CLASSIFIED, ("tip.classified",)),
    Transition(Call.decline, _UNDECIDED, _S.OUT_OF_SCOPE, ("tip.declined",)),
    Transition(Call.assign, OPEN, None, ("tip.assigned",)),
    Transition(Call.attend, OPEN, None, ("tip.attended",)),
    Transition(Call.refer_to_mediation, _CLASSIFIED, _S.REFERRED, ("tip.referred_to_mediation",)),
    Transition(Call.settle, _REFERRED, _S.REPLIED, ("tip.resolved", "tip.replied")),
    Transition(Call.take_back, _REFERRED, _S.CLASSIFIED, ("tip.returned",)),
    Transition(Call.handover, _CLASSIFIED, _S.HANDED_OVER, ("tip.handed_over",)),
    Transition(Call.resolve, _CLASSIFIED, _S.RESOLVED, ("tip.resolved",)),
    Transition(Call.find_unfounded, _CLASSIFIED, _S.UNFOUNDED, ("tip.found_unfounded",)),
    Transition(Call.reply, _ENDED, _S.REPLIED, ("tip.replied",)),
    Transition(Call.close, frozenset({_S.REPLIED}), _S.CLOSED, ("tip.closed",)),
    Transition(Call.rating, _ANSWERED, None, ("tip.rated",)),
    Transition(Call.handover_result, _ANSWERED | {_S.HANDED_OVER}, None, ("tip.handover_result",)),
    Transition(Call.contest, _ANSWERED, _S.REOPENED, ("tip.reopened",)),
    Transition(Call.messages, _ANY, None, ("tip.message_posted",)),
    Transition(Call.evidence, _ANY, None, ("tip.information_added",)),
    Transition(Call.link_duplicate, _ANY, None, ("tip.duplicate_linked",)),
    Transition(Call.unlink_duplicate, _ANY, None, ("tip.duplicate_unlinked",)),
    Transition(Call.extend, OPEN, None, ("tip.deadline_extended",)),
    Transition(Call.tick, OPEN, None, ("tip.deadline_warning", "tip.deadline_breached")),
    Transition(Call.erase, frozenset({_S.CLOSED}), _S.ERASED, ("tip.erased",)),
)
"""`close` by the clock is the same row as `close` by an officer: `tick` takes it at the appeal window's
end."""

REPORTERS_ALONE = frozenset({Call.rating, Call.contest})
_BY_ITSELF = frozenset({Call.settle, Call.take_back, Call.tick})
TABLE = StateTable("a tip", TRANSITIONS, unlisted=_BY_ITSELF)
lawful_actions, enter, refusal = TABLE.lawful_actions, TABLE.enter, TABLE.refusal

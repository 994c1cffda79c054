"""What the clock does with a tip: warnings, breaches, closing when the appeal window ends, forgetting."""

from dataclasses import replace
from datetime import datetime

from services.tips.clocks.domain import engine
from services.tips.erasure.domain import forget
from services.tips.handling.domain.outcomes import close
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.rules import Rulebook
from services.tips.tip.domain.state import OPEN, Tip
from shared.contracts.vocabulary import ClosedBy, TipState
from shared.decision import Decision, Noted


def tick(tip: Tip, *, rules: Rulebook, now: datetime) -> Decision[Tip]:
    """The clock: fires every warning and breach that is due, closes a replied tip when its appeal window has
    ended, and forgets a closed one when its time is over.

    Nothing due: the same state and no event, so a second tick at the same moment does nothing.
    """
    if tip.status is TipState.CLOSED:
        return forget(tip, now=now)
    marked, happened = engine.fire(tip, now) if tip.status in OPEN else (tip, ())
    noted = tuple(
        Noted(event.name.removeprefix("tip."), {"clock": event.facts["clock"]}) for event in happened
    )
    until = marked.appeal_until
    if marked.status is TipState.REPLIED and until is not None and now >= until + deadlines.LAST_SECOND:
        closing = close(marked, rules=rules, now=now, by=ClosedBy.APPEAL_WINDOW)
        return replace(closing, happened=happened + closing.happened, noted=noted + closing.noted)
    return Decision(marked, happened, noted, deadlines.next_due(marked))

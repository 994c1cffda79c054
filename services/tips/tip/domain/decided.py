"""The shape that most decisions share: one event, noted in the history under the same name."""

from collections.abc import Mapping
from types import MappingProxyType

from services.tips.tip.domain import deadlines
from services.tips.tip.domain.state import Tip
from shared.decision import Decision, Happened, Noted

NOTHING: Mapping[str, object] = MappingProxyType({})


def told(after: Tip, event: str, facts: Mapping[str, object] = NOTHING, **kept: object) -> Decision[Tip]:
    """`facts` go out with the event; `kept` stays in the case history only."""
    noted = Noted(event.removeprefix("tip."), {**facts, **kept})
    return Decision(after, (Happened(event, facts),), (noted,), deadlines.next_due(after))
